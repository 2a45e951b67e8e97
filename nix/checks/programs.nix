# What ships is static, runs, and references nothing in the store.
{
  lib,
  pkgs,
  packages,
  ...
}:
pkgs.runCommand "programs"
  {
    nativeBuildInputs = [
      pkgs.binutils
      pkgs.gnugrep
    ];
  }
  (
    lib.concatStringsSep "\n" (
      lib.mapAttrsToList (name: package: ''
        program=${lib.getExe package}
        "$program" --version
        if readelf --program-headers "$program" | grep -q INTERP; then
          echo "${name} is not static: it asks for a dynamic loader" >&2; exit 1
        fi
        if grep -aoE '/nix/store/[0-9a-z]{32}-' "$program" | grep -v /eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-; then
          echo "${name} has the store paths above in it" >&2; exit 1
        fi
      '') packages
    )
    + ''
      touch "$out"
    ''
  )
