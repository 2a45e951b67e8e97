# The example of nix/oci builds, is a valid layout, and skopeo and umoci read what it describes.
{ lib, pkgs, ... }:
let
  hello = import ../oci/examples/hello.nix { inherit lib pkgs; };
  check = pkgs.writeShellApplication {
    name = "check-oci-examples";
    runtimeInputs = [
      (import ../oci/verify.nix { inherit pkgs; })
      pkgs.coreutils
      pkgs.diffutils
      pkgs.findutils
      pkgs.jq
      pkgs.skopeo
      pkgs.umoci
    ];
    text = ''
      layout=$1
      verify-layout "$layout"

      skopeo --insecure-policy --tmpdir="$TMPDIR" inspect --config "oci:$layout" >config.json
      jq --exit-status '.config == {
        User: "65532:65532",
        Env: ["GREETING=/usr/share/hello/greeting"]
      }' config.json || { echo "the configuration is not the example's" >&2; exit 1; }

      # One layer is gzip, one zstd: umoci unpacks gzip alone.
      skopeo --insecure-policy --tmpdir="$TMPDIR" copy --quiet --dest-compress-format=gzip \
        "oci:$layout" oci:gzip:latest
      HOME=$PWD umoci raw unpack --rootless --image gzip:latest root
      find root -type f -printf '/%P\n' | sort >found
      diff - found <<END || { echo "the files are not the example's" >&2; exit 1; }
      /usr/share/doc/date
      /usr/share/doc/examples/hello.nix
      /usr/share/hello/greeting
      END
    '';
  };
in
pkgs.runCommand "oci-examples" { } "${lib.getExe check} ${hello} && touch $out"
