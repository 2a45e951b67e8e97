# The documentation of the workspace, without a warning (a broken link is one).
{ rust, ... }:
rust.craneLib.cargoDoc (
  rust.development
  // {
    cargoArtifacts = rust.artifacts;
    env = rust.development.env // {
      RUSTDOCFLAGS = "--deny warnings";
    };
  }
)
