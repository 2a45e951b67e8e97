# Stands in for nixpkgs on a machine that reaches neither GitHub nor a Nix cache: the same
# attribute names, backed by this machine's own tools. `./nixw` overrides the input with it;
# the flake's own code does not know which of the two it got.
#
# Builds run in Nix's sandbox, which shows them /usr (read-only) and /host: the Rust toolchain,
# the vendored crates and the few tools that no Debian package has. `nixw` says where they are.
{
  description = "The host's own tools under the names of nixpkgs";

  # machine.json, written by nixw: the version of each tool, by its package.
  inputs.machine = {
    url = "path:./machine";
    flake = false;
  };

  outputs =
    { machine, ... }:
    let
      lib = import ./lib.nix;
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
        system:
        import ./packages.nix {
          inherit lib system;
          versions = builtins.fromJSON (builtins.readFile "${machine}/machine.json");
        }
      );
    };
}
