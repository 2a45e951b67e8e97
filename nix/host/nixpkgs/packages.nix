# The packages: nixpkgs' trivial builders, and one package a tool.
{
  lib,
  system,
  versions,
}:
let
  mkDerivation = import ./derivation.nix { inherit lib system versions; };

  # Tools of the host as symlinks, so that PATH holds only what a derivation declares. There is
  # no PATH yet to make them with.
  linkTools =
    {
      name,
      programs,
      hostVersion,
      mainProgram ? builtins.head (attrNames programs),
    }:
    mkDerivation {
      inherit name hostVersion;
      meta.mainProgram = mainProgram;
      script = ''
        /bin/mkdir -p "$out/bin"
        link() {
          test -x "$2" || { echo "${name}: this machine has no $2" >&2; exit 1; }
          /bin/ln -s "$2" "$out/bin/$1"
        }
        ${lib.concatStringsSep "\n" (
          lib.mapAttrsToList (program: target: "link ${program} ${target}") programs
        )}
      '';
    };
  inherit (builtins) attrNames;

  tools = import ./tools.nix {
    inherit
      lib
      linkTools
      mkDerivation
      versions
      ;
    pkgs = packages;
  };

  packages = tools // {
    inherit lib mkDerivation system;
    inherit (tools) bash coreutils;

    stdenv.hostPlatform = {
      inherit system;
      go.GOARCH =
        {
          x86_64-linux = "amd64";
          aarch64-linux = "arm64";
        }
        .${system};
      rust.rustcTarget =
        {
          x86_64-linux = "x86_64-unknown-linux-gnu";
          aarch64-linux = "aarch64-unknown-linux-gnu";
        }
        .${system};
    };

    runCommand =
      name: environment: script:
      mkDerivation {
        inherit name script;
        environment = removeAttrs environment [
          "meta"
          "nativeBuildInputs"
          "passthru"
        ];
        tools = (environment.nativeBuildInputs or [ ]) ++ packages.stdenvTools;
        meta = environment.meta or { };
        passthru = environment.passthru or { };
      };

    writeText =
      name: text:
      mkDerivation {
        inherit name;
        environment = {
          inherit text;
          passAsFile = [ "text" ];
        };
        script = ''/bin/cp "$textPath" "$out"'';
      };

    writeShellApplication =
      {
        name,
        text,
        runtimeInputs ? [ ],
        meta ? { },
      }:
      mkDerivation {
        inherit name;
        meta = {
          mainProgram = name;
        }
        // meta;
        environment = {
          passAsFile = [ "text" ];
          text = ''
            #!/bin/bash
            set -o errexit
            set -o nounset
            set -o pipefail

            export PATH="${lib.makeBinPath runtimeInputs}:$PATH"

            ${text}
          '';
        };
        tools = [
          packages.coreutils
          packages.shellcheck
        ];
        script = ''
          install -D -m 555 "$textPath" "$out/bin/${name}"
          /bin/bash -n "$out/bin/${name}"
          shellcheck "$out/bin/${name}"
        '';
      };

    # For `nix develop`: PATH gets the tools in front of the user's own.
    mkShell =
      {
        name ? "nix-shell",
        packages ? [ ],
      }:
      mkDerivation {
        inherit name;
        tools = packages;
        # `nix develop` writes the environment into the outputs that it finds in it.
        environment.outputs = [ "out" ];
        script = ''/bin/touch "$out"'';
      };
  };
in
packages
