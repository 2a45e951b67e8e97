# shellcheck over the scripts that are not in a Nix file (those in one, writeShellApplication
# checks).
{
  lib,
  pkgs,
  root,
  ...
}:
let
  scripts = [
    "nixw"
    "nix/host/prepare.sh"
    ".ci/run"
  ];
in
pkgs.runCommand "shell-scripts"
  {
    nativeBuildInputs = [ pkgs.shellcheck ];
    src = lib.fileset.toSource {
      inherit root;
      fileset = lib.fileset.unions (map (script: root + "/${script}") scripts);
    };
  }
  ''
    # From there, because nixw reads prepare.sh by its path.
    cd "$src"
    shellcheck ${lib.escapeShellArgs scripts}
    touch "$out"
  ''
