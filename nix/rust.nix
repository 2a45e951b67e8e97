# The Rust side, with crane: the dependencies built once, each member of the workspace that has
# programs by itself, and the checks that cargo has.
{
  lib,
  pkgs,
  craneLib,
  root,
  # Which files a member has; nix/checks/isolation.nix gives one of them a file more.
  filesOf ? member: [ member ],
  ...
}:
let
  inherit (import ./members.nix { inherit lib root; })
    binaries
    ingredients
    manifests
    members
    version
    ;
  programs = builtins.filter (member: binaries member != [ ]) members;

  inPath = map (path: root + "/${path}");
  # By file set, because crane's own filter drops the proto file and the templates.
  source =
    paths:
    lib.fileset.toSource {
      inherit root;
      fileset = lib.fileset.unions (
        inPath (
          [
            "Cargo.toml"
            "Cargo.lock"
            "clippy.toml"
            "rustfmt.toml"
          ]
          ++ builtins.concatMap filesOf paths
        )
      );
    };
  workspace = source members;

  # Explicit, or crane reads them out of the source by import-from-derivation.
  common = {
    pname = "books";
    inherit version;
    cargoVendorDir = craneLib.vendorCargoDeps { cargoLock = root + "/Cargo.lock"; };
    strictDeps = true;
  };

  # Manifests alone: the dependencies are built anew when these change.
  dummy = craneLib.mkDummySrc { src = workspace; };

  # What ships: optimised and static, so that an image needs nothing but the program.
  release = common // {
    doCheck = false;
    buildInputs = [ pkgs.glibc.static ];
    env = {
      CARGO_BUILD_TARGET = pkgs.stdenv.hostPlatform.rust.rustcTarget;
      # Packed relative relocations: a static position-independent program has 1.3 MB of them.
      RUSTFLAGS = "-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs";
    };
  };
  releaseDependencies = craneLib.buildDepsOnly (
    release
    // {
      pname = "books-release";
      dummySrc = dummy;
      cargoExtraArgs = "--locked --workspace --bins";
      # `cargo check` is for clippy, which runs on the other profile.
      cargoCheckCommand = "true";
    }
  );

  # Checks run on cargo's dev profile: it compiles several times faster, and overflow and debug
  # assertions are on.
  development = common // {
    env.CARGO_PROFILE = "dev";
    src = workspace;
    cargoExtraArgs = "--locked --workspace";
  };
  artifacts = craneLib.buildDepsOnly (
    builtins.removeAttrs development [ "src" ] // { dummySrc = dummy; }
  );

  # A member's programs from its own files and those of its ingredients; of the other members only
  # the manifests are there, so a change to one service leaves the other's derivation as it is.
  # `--workspace --bin` and not `-p`: cargo then unifies features as in the dependencies' build.
  program =
    name:
    craneLib.buildPackage (
      release
      // {
        pname = name;
        src = pkgs.runCommand "${name}-source" { } ''
          cp -r ${dummy} "$out"
          chmod -R u+w "$out"
          cp -rf ${source (ingredients name)}/. "$out"
        '';
        cargoArtifacts = releaseDependencies;
        cargoExtraArgs = "--locked --workspace --bin ${lib.concatStringsSep " --bin " (binaries name)}";
        # The static libc has paths of its own in it (locales, character sets), which the
        # program does not use: it must not drag them along.
        nativeBuildInputs = [ pkgs.nukeReferences ];
        postInstall = ''nuke-refs "$out"/bin/*'';
        allowedReferences = [ ];
        meta = {
          mainProgram = name;
          inherit (manifests.${name}.package) description;
        };
      }
    );
in
{
  packages = lib.genAttrs programs program;

  # For nix/checks.
  inherit
    artifacts
    common
    craneLib
    development
    ingredients
    source
    workspace
    ;
}
