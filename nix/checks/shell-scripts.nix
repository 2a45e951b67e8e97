# shellcheck over the scripts that are not in a Nix file (those in one, writeShellApplication
# checks).
{
  pkgs,
  root,
  ...
}:
pkgs.runCommand "shell-scripts" { nativeBuildInputs = [ pkgs.shellcheck ]; } ''
  shellcheck ${root + "/nixw"} ${root + "/nix/host/prepare.sh"} ${root + "/.ci/run"}
  touch "$out"
''
