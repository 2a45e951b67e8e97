# nix run .#load: the images into podman or Docker (podman, if both are there) as
# marketplace:latest and so on. Prints a line an image: name and digest.
{
  lib,
  pkgs,
  services,
  images,
  ...
}:
let
  engine = import ../oci/engine.nix { inherit pkgs; };
in
pkgs.writeShellApplication {
  name = "load";
  runtimeInputs = [
    engine.find
    engine.load
    pkgs.jq
  ];
  text = ''
    if (($#)); then
      echo "load: takes no arguments; CONTAINER_ENGINE=docker chooses Docker where podman is there too" >&2
      exit 1
    fi
    engine=$(find-engine)
    for name in ${lib.escapeShellArgs (builtins.attrNames services)}; do
      load-image "$engine" ${images.all}/"$name" "$name:latest"
      echo "$name:latest $(jq --raw-output --arg name "$name" '.[$name].digest' ${images.all}/images.json)"
    done
    echo "loaded into $engine" >&2
  '';
  meta.description = "Load the images into podman or Docker";
}
