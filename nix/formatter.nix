# `nix fmt`: Rust by rustfmt, Nix by nixfmt; the whole repository, or the files that are given.
{ pkgs, ... }:
pkgs.writeShellApplication {
  name = "format";
  runtimeInputs = [
    pkgs.cargo
    pkgs.nixfmt
    pkgs.rustfmt
  ];
  text = ''
    if [ $# -gt 0 ] && [ "$*" != . ]; then
      for file; do
        case $file in
          *.nix) nixfmt "$file" ;;
          *.rs) rustfmt --edition 2024 "$file" ;;
        esac
      done
      exit
    fi
    cargo fmt
    git ls-files -z '*.nix' | xargs -0 nixfmt
  '';
}
