# One image, as one derivation: an OCI layout, whose digest is known when it is built.
#
#   name         for messages, and the name of the derivation
#   layers       from stable to volatile, as layer.nix returns them
#   config       what a container of it runs with: the OCI specification's `config` object
#   annotations  of the manifest
#
# $out is the layout: oci-layout, index.json with exactly one entry, blobs/sha256/*. The layers'
# blobs are links to the layers in the store: what did not change is neither packed nor copied
# again. The attributes layers and config are what it was made from.
# Example: examples/hello.nix, which the check oci-examples builds.
{ lib, pkgs }:
let
  errors = import ./errors.nix;

  # The same instant as in the layers. It must be a constant: a real date would give every build
  # its own digest.
  created = "1970-01-01T00:00:01Z";

  write = pkgs.writeShellApplication {
    name = "write-layout";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.jq
    ];
    text = ''
      out=$1 config=$2 annotations=$3
      shift 3
      mkdir -p "$out/blobs/sha256"

      # Stores standard input as a blob of media type $1 and prints its descriptor.
      put() {
        cat >blob
        digest=$(sha256sum <blob | cut -d ' ' -f 1)
        jq --null-input --arg mediaType "$1" --arg digest "sha256:$digest" \
          --argjson size "$(stat --format=%s blob)" '{ $mediaType, $digest, $size }'
        mv blob "$out/blobs/sha256/$digest"
      }

      for layer; do
        digest=$(jq --raw-output '.digest | ltrimstr("sha256:")' "$layer/descriptor.json")
        ln -s "$layer/blob" "$out/blobs/sha256/$digest"
      done
      descriptors=("''${@/%//descriptor.json}")

      jq --slurp --compact-output --sort-keys --argjson config "$config" \
        '. as $layers | $config | .rootfs.diff_ids = [ $layers[].diffID ]' "''${descriptors[@]}" |
        put application/vnd.oci.image.config.v1+json >config.json

      jq --slurp --compact-output --sort-keys --argjson annotations "$annotations" \
        --slurpfile config config.json '{
          schemaVersion: 2,
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          config: $config[0],
          layers: map(del(.diffID)),
          $annotations
        }' "''${descriptors[@]}" |
        put application/vnd.oci.image.manifest.v1+json >manifest.json

      echo '{"imageLayoutVersion":"1.0.0"}' >"$out/oci-layout"
      # umoci and podman want a name for the one entry; skopeo takes it without.
      jq --sort-keys --argjson config "$config" '{
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.index.v1+json",
        manifests: [
          . + {
            platform: ($config | { architecture, os }),
            annotations: { "org.opencontainers.image.ref.name": "latest" }
          }
        ]
      }' manifest.json >"$out/index.json"
    '';
  };
in
{
  name,
  layers,
  config,
  annotations ? { },
}:
let
  wrong = errors.image { inherit name layers config; };

  document = {
    inherit created config;
    architecture = pkgs.stdenv.hostPlatform.go.GOARCH;
    os = "linux";
    rootfs.type = "layers"; # its diff_ids are known when the layers are built
    history = map (layer: {
      inherit created;
      created_by = "layer ${layer.layerName}";
    }) layers;
  };

  arguments = [
    (builtins.toJSON document)
    (builtins.toJSON annotations)
  ]
  ++ map (layer: "${layer}") layers;

  image =
    pkgs.runCommand "image-${name}" { }
      "${lib.getExe write} $out ${lib.escapeShellArgs arguments}";
in
if wrong != [ ] then
  throw (lib.concatStringsSep "\n" wrong)
else
  image // { inherit config layers; }
