# nix run .#soak -- [--requests N] [--json FILE]: a million requests, each answer read in full,
# while three recommendations are restarted in turn. Exit 1 with the rule that was broken.
{
  packages,
  pkgs,
  runnable,
  ...
}:
let
  system = pkgs.writeText "soak.json" (builtins.toJSON { services = runnable; });
in
pkgs.writeShellApplication {
  name = "soak";
  text = ''exec ${packages.bench}/bin/soak --system ${system} "$@"'';
  meta.description = "Ask for a million pages while recommendations is restarted";
}
