# nixfmt would change nothing in any Nix file.
{
  lib,
  pkgs,
  root,
  ...
}:
pkgs.runCommand "nix-format"
  {
    nativeBuildInputs = [ pkgs.nixfmt ];
    src = lib.fileset.toSource {
      inherit root;
      fileset = lib.fileset.unions [
        (root + "/flake.nix")
        (root + "/nix")
        (root + "/k8s")
      ];
    };
  }
  ''
    find "$src" -name '*.nix' -exec nixfmt --check {} +
    touch "$out"
  ''
