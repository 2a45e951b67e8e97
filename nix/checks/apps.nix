# Every app's program is built (writeShellApplication runs shellcheck over it), and so are the
# formatter and the shell.
{
  lib,
  pkgs,
  apps,
  formatter,
  shell,
  ...
}:
pkgs.runCommand "apps" { } ''
  ${lib.concatMapStringsSep "\n" (app: "test -x ${lib.getExe app}") (
    builtins.attrValues apps ++ [ formatter ]
  )}
  test -e ${shell}
  touch "$out"
''
