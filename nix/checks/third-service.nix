# A third service is a crate and one entry in nix/services.nix; nothing else changes. Proved with
# the crate and the entry in ./third-service: each output and each check is evaluated for the three
# services, and the checks that run or look into the services are built.
{
  lib,
  pkgs,
  crane,
  system,
  services,
  ...
}@scope:
let
  rust = import ../rust.nix (
    scope
    // {
      root = ./third-service;
      craneLib = crane.mkLib pkgs;
    }
  );
  project = import ../. {
    inherit
      lib
      pkgs
      crane
      system
      ;
    services = services // {
      gift-certificates = import ./third-service/service.nix;
    };
    morePackages = rust.packages;
  };

  checks = removeAttrs project.checks [
    "third-service" # this one, which would have one of its own, and so on
  ];
  # Evaluated, and without its context not built.
  evaluated = map (output: builtins.unsafeDiscardStringContext output.drvPath) (
    builtins.concatMap builtins.attrValues [
      project.outputs
      project.apps
      checks
    ]
  );

  # Those that run the services, or look into what is made of them.
  about = [
    "isolation"
    "k8s-"
    "oci-"
    "programs"
    "stack"
  ];
  built = builtins.attrValues (
    lib.filterAttrs (name: _: builtins.any (prefix: lib.hasPrefix prefix name) about) checks
  );

  test = pkgs.writeShellApplication {
    name = "test-third-service";
    runtimeInputs = [
      pkgs.gnugrep
      pkgs.jq
    ];
    text = ''
      has() {
        grep --quiet "$1" plan || { echo "the plan has no $1:" >&2; cat plan >&2; exit 1; }
      }
      # Its port is chosen as any other's, in spite of the dash, and the page is not its own.
      GIFT_CERTIFICATES_PORT=6000 jq --raw-output --from-file ${../stack/plan.jq} --arg listening "" \
        ${project.stack.description} >plan
      has GIFTS_PORT=6000
      has '^online-books-${toString services.marketplace.ports.http.number}$'
    '';
  };
in
pkgs.runCommand "third-service"
  {
    inherit built evaluated;
  }
  ''
    ${lib.getExe test}
    touch "$out"
  ''
