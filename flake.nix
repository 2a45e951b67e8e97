# The outputs, each with the file that makes it. What they have in common is in nix/default.nix.
{
  description = "Online Books For You: two Rust services, built, run, checked and shipped by Nix";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    crane.url = "github:ipetkov/crane";
  };

  outputs =
    { nixpkgs, crane, ... }:
    let
      inherit (nixpkgs) lib;

      project =
        system:
        import ./nix {
          inherit lib crane system;
          pkgs = nixpkgs.legacyPackages.${system};
        };
      forEachSystem =
        f:
        lib.genAttrs [
          "x86_64-linux"
          "aarch64-linux"
        ] (system: f (project system));
    in
    {
      packages = forEachSystem (project: project.outputs); # nix/rust.nix, nix/oci, k8s
      apps = forEachSystem (project: project.flakeApps); # nix/apps/NAME.nix
      checks = forEachSystem (project: project.checks); # nix/checks/NAME.nix
      devShells = forEachSystem (project: {
        default = project.shell;
      }); # nix/shell.nix
      formatter = forEachSystem (project: project.formatter); # nix/formatter.nix
    };
}
