# Each image is a valid OCI layout, images.json says the same as the layouts, and a layout with
# one wrong byte is found out.
{
  lib,
  pkgs,
  services,
  images,
  ...
}:
let
  check = pkgs.writeShellApplication {
    name = "check-oci-layout";
    runtimeInputs = [
      (import ../oci/verify.nix { inherit pkgs; })
      pkgs.coreutils
      pkgs.jq
    ];
    text = ''
      images=$1
      shift
      for name; do
        layout=$images/$name
        verify-layout "$layout"

        digest=$(jq --raw-output --arg name "$name" '.[$name].digest' "$images/images.json")
        if [[ $digest != $(jq --raw-output '.manifests[0].digest' "$layout/index.json") ]]; then
          echo "images.json: $name has the digest $digest, its layout another" >&2
          exit 1
        fi

        # The largest layer with another first byte must not pass.
        cp --recursive --dereference "$layout" broken
        chmod --recursive u+w broken
        largest=$(jq --raw-output --arg name "$name" \
          '.[$name].layers | max_by(.size).digest | ltrimstr("sha256:")' "$images/images.json")
        printf X | dd of="broken/blobs/sha256/$largest" conv=notrunc status=none
        if verify-layout broken 2>message; then
          echo "$name: a wrong byte in a layer is not noticed" >&2
          exit 1
        fi
        echo "$name: $digest is valid; with a wrong byte: $(cat message)"
        rm -r broken
      done
    '';
  };
in
pkgs.runCommand "oci-layout" { } ''
  ${lib.getExe check} ${images.all} ${lib.escapeShellArgs (builtins.attrNames services)}
  touch $out
''
