# crane.mkLib: a package set to the functions.
pkgs:
let
  cargo = import ./cargo.nix pkgs;
  common = {
    pname = null;
    version = null;
    src = null;
    cargoVendorDir = null;
    cargoExtraArgs = "--locked";
    strictDeps = true;
    nativeBuildInputs = [ ];
    buildInputs = [ ];
    env = { };
  };
  # Arguments that crane has too, with crane's defaults.
  withDefaults =
    function: defaults: arguments:
    let
      known = common // defaults;
      unknown = builtins.attrNames (builtins.removeAttrs arguments (builtins.attrNames known));
    in
    if unknown != [ ] then
      throw "crane (stand-in): ${function} knows no argument ${builtins.concatStringsSep ", " unknown}"
    else
      known // arguments;
in
{
  # Crates are vendored by nixw, from Cargo.lock; cargo checks every file against it.
  vendorCargoDeps =
    { cargoLock }:
    if builtins.pathExists cargoLock then "/host/vendor" else throw "no ${toString cargoLock}";

  mkDummySrc = import ./dummy.nix pkgs;

  # All dependencies, checked, built and built for tests; $out is cargo's target folder.
  buildDepsOnly =
    arguments:
    let
      args = withDefaults "buildDepsOnly" {
        dummySrc = null;
        doCheck = true;
        cargoCheckCommand = "cargoWithProfile check";
        cargoCheckExtraArgs = if arguments.doCheck or true then "--all-targets" else "";
        cargoBuildExtraArgs = "";
        cargoTestExtraArgs = "--no-run";
      } arguments;
    in
    cargo (
      args
      // {
        pname = "${args.pname}-deps";
        src = args.dummySrc;
        build = ''
          ${args.cargoCheckCommand} ${args.cargoExtraArgs} ${args.cargoCheckExtraArgs}
          cargoWithProfile build ${args.cargoExtraArgs} ${args.cargoBuildExtraArgs}
          ${pkgs.lib.optionalString args.doCheck "cargoWithProfile test ${args.cargoExtraArgs} ${args.cargoTestExtraArgs}"}
        '';
        install = ''mkdir "$out"; mv target "$out/target"'';
      }
    );

  # One program (or more), as `--bin` in cargoExtraArgs says, installed into $out/bin.
  buildPackage =
    arguments:
    let
      args = withDefaults "buildPackage" {
        cargoArtifacts = null;
        doCheck = true;
        postInstall = "";
        meta = { };
        allowedReferences = null;
      } arguments;
    in
    cargo (
      args
      // {
        environment = pkgs.lib.optionalAttrs (args.allowedReferences != null) {
          inherit (args) allowedReferences;
        };
        build = ''
          cargoWithProfile build --message-format json-render-diagnostics ${args.cargoExtraArgs} > "$NIX_BUILD_TOP/log.json"
          ${pkgs.lib.optionalString args.doCheck "cargoWithProfile test ${args.cargoExtraArgs}"}
        '';
        install = ''
          jq -r 'select(.reason == "compiler-artifact" and .executable != null) | .executable' "$NIX_BUILD_TOP/log.json" |
            while read -r program; do install -D -m 555 "$program" "$out/bin/$(basename "$program")"; done
          test -d "$out/bin" || { echo "cargo built no program" >&2; exit 1; }
          ${args.postInstall}
        '';
      }
    );

  cargoClippy =
    arguments:
    let
      args = withDefaults "cargoClippy" {
        cargoArtifacts = null;
        cargoClippyExtraArgs = "--all-targets";
      } arguments;
    in
    cargo (
      args
      // {
        pname = "${args.pname}-clippy";
        build = "cargoWithProfile clippy ${args.cargoExtraArgs} ${args.cargoClippyExtraArgs}";
      }
    );

  cargoTest =
    arguments:
    let
      args = withDefaults "cargoTest" {
        cargoArtifacts = null;
        cargoTestExtraArgs = "";
      } arguments;
    in
    cargo (
      args
      // {
        pname = "${args.pname}-test";
        build = "cargoWithProfile test ${args.cargoExtraArgs} ${args.cargoTestExtraArgs}";
      }
    );

  cargoDoc =
    arguments:
    let
      args = withDefaults "cargoDoc" {
        cargoArtifacts = null;
        cargoDocExtraArgs = "--no-deps";
      } arguments;
    in
    cargo (
      args
      // {
        pname = "${args.pname}-doc";
        build = "cargoWithProfile doc ${args.cargoExtraArgs} ${args.cargoDocExtraArgs}";
      }
    );

  cargoFmt =
    arguments:
    let
      args = withDefaults "cargoFmt" { rustFmtExtraArgs = ""; } arguments;
    in
    cargo (
      args
      // {
        pname = "${args.pname}-fmt";
        cargoArtifacts = null;
        build = "cargo fmt -- --check ${args.rustFmtExtraArgs}";
      }
    );
}
