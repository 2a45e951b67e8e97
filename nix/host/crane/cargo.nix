# One run of cargo as a derivation: the source, the vendored crates, the artifacts of the
# dependencies, a command, an installation.
pkgs:
{
  pname,
  version,
  src,
  build,
  install ? ''mkdir -p "$out"'',
  cargoVendorDir ? null,
  cargoArtifacts ? null,
  nativeBuildInputs ? [ ],
  buildInputs ? [ ],
  env ? { },
  environment ? { },
  meta ? { },
  ...
}:
pkgs.mkDerivation {
  name = "${pname}-${version}";
  inherit meta;
  environment = {
    # As crane does, the release profile unless told otherwise.
    CARGO_PROFILE = "release";
    inherit buildInputs;
  }
  // env
  // environment;
  tools =
    nativeBuildInputs
    ++ [
      pkgs.cargo
      pkgs.rustc
      pkgs.rustfmt
      pkgs.clippy
      pkgs.gcc
      pkgs.binutils
      pkgs.jq
    ]
    ++ pkgs.stdenvTools;
  script = ''
    export HOME=$NIX_BUILD_TOP CARGO_HOME=$NIX_BUILD_TOP/cargo
    mkdir "$CARGO_HOME"
    # A fixed path: messages of panics embed it in the program.
    printf '[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "%s"\n' \
      ${toString cargoVendorDir} > "$CARGO_HOME/config.toml"

    cargoWithProfile() {
      local command=$1 profile=()
      shift
      case $CARGO_PROFILE in
        "") ;;
        release) profile=(--release) ;;
        *) profile=(--profile "$CARGO_PROFILE") ;;
      esac
      cargo "$command" "''${profile[@]}" "$@"
    }

    # Copied, the source is newer than the artifacts (the store's files are of 1970), so cargo
    # builds the workspace's members anew and keeps their dependencies.
    cp -r "${src}" source
    chmod -R u+w source
    cd source
    ${pkgs.lib.optionalString (cargoArtifacts != null) ''
      cp -r --preserve=timestamps,links "${cargoArtifacts}/target" target
      chmod -R u+w target
    ''}
    ${build}
    ${install}
  '';
}
