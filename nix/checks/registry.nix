# What is a registry's name and what is none, asked in each place that takes one: an environment's
# file, `k8s --registry`, and push.
{
  images,
  k8s,
  lib,
  pkgs,
  services,
  ...
}:
let
  types = import ../../k8s/types.nix;
  good = [
    "localhost"
    "localhost:5000"
    "localhost:5000/books"
    "registry.test"
    "my-registry.test:5000"
    "registry:5000"
    "127.0.0.1:5000/books"
    "registry.test/owner/some.books_of__a--shop"
  ];
  bad = [
    ""
    "books"
    "owner/books"
    "registry.test/"
    "registry.test//books"
    "registry.test/Owner"
    "Registry.test"
    "https://registry.test"
    "registry.test:"
    "registry.test:x"
    "registry.test:0"
    "registry.test:123456"
    "ghcr.io:1:2"
    "host:5000:5000"
    "-a-.b"
    "a..b:5"
    "my_reg.io"
    "ghcr.io/a._-b"
    "ghcr.io/a___b"
    "ghcr.io/-b"
    "ghcr.io/b."
    "registry.test/a b"
    "registry.test\n"
  ];
  wrong =
    builtins.filter (name: !types.registry.check name) good ++ builtins.filter types.registry.check bad;

  # push with a skopeo that only says that it was called: nothing is sent.
  push = import ../apps/push.nix {
    inherit images lib services;
    pkgs = pkgs // {
      skopeo = pkgs.writeShellApplication {
        name = "skopeo";
        text = "exit 1";
      };
    };
  };

  check = pkgs.writeShellApplication {
    name = "check-registry";
    runtimeInputs = [
      (k8s.of (import ../../k8s/fixtures/environments.nix { inherit lib services; })).render
      push
    ];
    text = ''
      good=(${lib.escapeShellArgs good}) bad=(${lib.escapeShellArgs bad})
      fail() {
        echo "$*" >&2
        exit 1
      }
      # Whether push gets as far as the first image.
      pushes() { [[ $(push "$1" 2>&1) == "push: cannot push to $1/"* ]]; }
      renders() { k8s bare --registry "$1" --json >/dev/null 2>&1; }

      for name in "''${good[@]}"; do
        pushes "$name" || fail "push takes \"$name\" for no registry"
        renders "$name" || fail "k8s takes \"$name\" for no registry"
      done
      for name in "''${bad[@]}"; do
        if pushes "$name"; then fail "push takes \"$name\" for a registry"; fi
        if renders "$name"; then fail "k8s takes \"$name\" for a registry"; fi
      done
    '';
  };
in
if wrong != [ ] then
  throw "k8s/types.nix: wrong about the registries ${builtins.toJSON wrong}"
else
  pkgs.runCommand "registry" { } ''
    ${lib.getExe check}
    touch $out
  ''
