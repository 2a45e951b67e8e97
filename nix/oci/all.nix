# A folder with one layout an image and images.json, which describes them:
# { NAME: { digest, size, layers: [ { name, digest, size, diffID } ] } }, sizes in compressed
# bytes. A layout carries nothing of this file, and this file nothing that is not in a layout.
{
  lib,
  pkgs,
  images,
}:
let
  describe = pkgs.writeShellApplication {
    name = "describe-images";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.jq
    ];
    text = ''
      out=$1
      shift
      mkdir "$out"
      for image; do
        name=''${image%%=*} layout=''${image#*=}
        ln -s "$layout" "$out/$name"

        blob() { cat "$layout/blobs/sha256/''${1#sha256:}"; }
        digest=$(jq --raw-output '.manifests[0].digest' "$layout/index.json")
        blob "$digest" >manifest
        blob "$(jq --raw-output '.config.digest' manifest)" >config
        jq --arg name "$name" --arg digest "$digest" --slurpfile config config '{
          ($name): {
            $digest,
            size: ([.layers[].size] | add),
            layers: [ .layers, $config[0].history, $config[0].rootfs.diff_ids ] | transpose | map({
              name: (.[1].created_by | ltrimstr("layer ")),
              digest: .[0].digest,
              size: .[0].size,
              diffID: .[2]
            })
          }
        }' manifest
      done | jq --slurp add >"$out/images.json"
    '';
  };

  arguments = lib.mapAttrsToList (name: image: "${name}=${image}") images;
in
pkgs.runCommand "images" { } "${lib.getExe describe} $out ${lib.escapeShellArgs arguments}"
