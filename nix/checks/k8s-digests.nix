# The images of the YAML are those that were built: the digest of each is the one of its layout,
# and in the layout is a manifest with that digest. Rendering twice gives the same bytes.
{
  images,
  k8s,
  lib,
  pkgs,
  services,
  ...
}:
let
  # The flake's package -> the environment that it is of.
  environmentOf = {
    k8s = "";
  }
  // lib.mapAttrs' (name: _: lib.nameValuePair "k8s-${name}" name) k8s.environments;

  check = pkgs.writeShellApplication {
    name = "check-k8s-digests";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.diffutils
      pkgs.jq
      pkgs.yq
      k8s.render
    ];
    text = ''
      # IMAGE of a layout: fails, saying why, unless it is REGISTRY/NAME@DIGEST of the layout.
      compare() {
        local name=$1 layout=$2 image=$3 digest
        digest=$(jq --raw-output '.manifests[0].digest' "$layout/index.json")
        [[ sha256:$(sha256sum <"$layout/blobs/sha256/''${digest#sha256:}" | cut -d ' ' -f 1) == "$digest" ]] &&
          [[ $image == "registry.test/books/$name@$digest" ]] && return
        echo "$image is not $name@$digest"
        return 1
      }

      for environment in ${lib.escapeShellArgs (builtins.attrNames k8s.environments)}; do
        k8s "$environment" --registry registry.test/books >objects.yaml
        k8s "$environment" --registry registry.test/books | cmp - objects.yaml
        ${lib.concatMapStringsSep "\n" (name: ''
          image=$(yq --raw-output 'select(.kind == "Deployment" and .metadata.name == "${name}").spec.template.spec.containers[].image' objects.yaml)
          compare ${name} ${images.${name}} "$image"
          if compare ${name} ${images.${name}} "''${image%?}x"; then
            echo "${name}: another digest is not noticed" >&2
            exit 1
          fi
        '') (builtins.attrNames services)}
      done

      ${lib.concatMapStringsSep "\n" (
        output: "k8s ${environmentOf.${output}} | cmp - ${k8s.outputs.${output}}"
      ) (builtins.attrNames k8s.outputs)}
    '';
  };
in
pkgs.runCommand "k8s-digests" { } ''
  ${lib.getExe check}
  touch $out
''
