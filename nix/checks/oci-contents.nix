# The images, looked into: exactly the files that the description names, with owner 0:0 and the
# modes of layer.nix; user 65532; the time to drain; no shell; a static program; no reference to the
# store. Whether the rest of the configuration is right, oci-runs finds out by running the images
# with it.
{
  lib,
  pkgs,
  services,
  packages,
  images,
  ...
}:
let
  check = pkgs.writeShellApplication {
    name = "check-oci-contents";
    runtimeInputs = [
      pkgs.binutils
      pkgs.coreutils
      pkgs.diffutils
      pkgs.findutils
      pkgs.gnugrep
      pkgs.gnutar
      pkgs.jq
      pkgs.umoci
    ];
    # NAME LAYOUT DRAIN, the last as VARIABLE=SECONDS, then PATH SOURCE for every file or folder that the image has
    text = ''
      name=$1 layout=$2 drain=$3
      shift 3
      fail() {
        echo "image $name: $*" >&2
        exit 1
      }
      blob() { cat "$layout/blobs/sha256/''${1#sha256:}"; }

      # What the image should have, put together without nix/oci.
      mkdir -p want/etc
      echo 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' >want/etc/passwd
      echo 'nonroot:x:65532:' >want/etc/group
      while (($#)); do
        mkdir -p "want''${1%/*}"
        cp --recursive --dereference "$2" "want$1"
        shift 2
      done
      chmod --recursive u=rwX,go=rX want
      find want -printf '%M 0/0 /%P\n' | sort >expected

      blob "$(jq --raw-output '.manifests[0].digest' "$layout/index.json")" >manifest
      for digest in $(jq --raw-output '.layers[].digest' manifest); do
        blob "$digest" | tar --list --verbose --numeric-owner --gzip
      done | while read -r mode owner _ _ _ path; do
        path=''${path#./}
        echo "$mode $owner /''${path%/}"
      done | sort --unique >found
      diff expected found || fail "has not the files, owners and modes that are expected (<), but others (>)"

      umoci raw unpack --rootless --image "$layout:latest" root >/dev/null 2>&1 || fail "umoci cannot unpack it"
      diff --recursive want root || fail "its files have not the bytes that are expected (<), but others (>)"

      blob "$(jq --raw-output '.config.digest' manifest)" | jq --compact-output .config >config
      jq --exit-status '.User == "65532:65532" and .StopSignal == "SIGTERM"' config >/dev/null ||
        fail "does not run as 65532:65532 with SIGTERM to stop it: $(cat config)"
      jq --exit-status --arg drain "$drain" 'any(.Env[]; . == $drain)' config >/dev/null ||
        fail "does not tell its program $drain: $(cat config)"

      # The one program is the entrypoint: no shell, no package manager, nothing else that runs.
      entrypoint=$(jq --raw-output '.Entrypoint[0]' config)
      programs=$(find root -type f -perm /111 -printf '/%P\n')
      [[ $programs == "$entrypoint" ]] || fail "has these programs, not $entrypoint alone: $programs"
      if readelf --wide --program-headers --dynamic "root$entrypoint" | grep --extended-regexp 'INTERP|NEEDED'; then
        fail "$entrypoint is not static"
      fi
      # Nix's alphabet has no e: what nuke-refs leaves behind does not match.
      if grep --recursive --text --only-matching --extended-regexp '/nix/store/[0-9a-df-np-sv-z]{32}-' root; then
        fail "refers to the store"
      fi
    '';
  };

  lookInto =
    name: service:
    lib.escapeShellArgs (
      [
        (lib.getExe check)
        name
        images.${name}
        "${service.drain.variable}=${toString service.drain.seconds}"
        "/usr/local/bin/${name}"
        "${packages.${name}}/bin/${name}"
      ]
      ++ builtins.concatMap (file: [
        file.path
        "${file.source}"
      ]) (builtins.attrValues service.files)
    );
in
# One folder an image.
pkgs.runCommand "oci-contents" { } ''
  ${lib.concatStringsSep "\n" (
    lib.mapAttrsToList (name: service: "mkdir ${name}; (cd ${name}; ${lookInto name service})") services
  )}
  touch $out
''
