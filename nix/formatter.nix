# `nix fmt`: Rust by rustfmt, Nix by nixfmt; the whole repository, or the files and folders that
# are given.
{ pkgs, ... }:
pkgs.writeShellApplication {
  name = "format";
  runtimeInputs = [
    pkgs.coreutils
    pkgs.findutils
    pkgs.git
    pkgs.gnugrep
    pkgs.nixfmt
    pkgs.rustfmt
  ];
  text = ''
    # What git knows, or would; a path that is neither is an error.
    git ls-files --cached --others --exclude-standard --error-unmatch -- "''${@:-.}" >/dev/null
    files() {
      git ls-files -z --cached --others --exclude-standard -- "''${@:2}" | { grep --null-data "\\.$1\$" || true; }
    }
    files nix "''${@:-.}" | xargs --null --no-run-if-empty nixfmt
    files rs "''${@:-.}" | xargs --null --no-run-if-empty rustfmt --edition 2024
  '';
}
