# clippy over every target of the workspace, warnings denied.
{ rust, ... }:
rust.craneLib.cargoClippy (
  rust.development
  // {
    cargoArtifacts = rust.artifacts;
    cargoClippyExtraArgs = "--all-targets -- --deny warnings";
  }
)
