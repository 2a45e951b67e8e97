# Twenty thousand requests through restarts, with the programs that ship: no wrong answer, no
# request lost, nothing that grows. (`nix run .#soak` does the same with a million.)
{
  apps,
  lib,
  pkgs,
  ...
}:
pkgs.runCommand "soak" { } ''
  ${lib.getExe apps.soak} --requests 20000
  touch "$out"
''
