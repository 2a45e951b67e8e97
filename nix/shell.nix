# `nix develop`: the tools of the project.
{ pkgs, ... }:
pkgs.mkShell {
  name = "books";
  packages = [
    pkgs.cargo
    pkgs.clippy
    pkgs.curl
    pkgs.jq
    pkgs.nixfmt
    pkgs.process-compose
    pkgs.rustc
    pkgs.rustfmt
    pkgs.shellcheck
  ];
}
