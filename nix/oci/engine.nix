# Podman and Docker, as the apps load and stack-images use them. Neither is an input: which of
# them is there, and how it is set up, is the machine's matter.
#
#   find  prints the engine to use: podman, else docker; or what CONTAINER_ENGINE asks for
#   load  ENGINE LAYOUT REFERENCE: puts an image into the engine under that reference
{ pkgs }:
{
  find = pkgs.writeShellApplication {
    name = "find-engine";
    text = ''
      for engine in ''${CONTAINER_ENGINE:-podman docker}; do
        command -v "$engine" >/dev/null || continue
        if problem=$("$engine" info 2>&1 >/dev/null); then
          echo "$engine"
          exit
        fi
        echo "$engine is there, but does not work: ''${problem##*$'\n'}" >&2
        exit 1
      done
      echo "neither podman nor docker is on PATH: install one of them''${CONTAINER_ENGINE:+ (CONTAINER_ENGINE asks for $CONTAINER_ENGINE)}" >&2
      exit 1
    '';
  };

  # By way of an archive, which podman on another machine (as on macOS) and Docker read too.
  # Podman gets the image as it is, with its digest; Docker knows no OCI archives before 25, and
  # gets the same configuration and layers in its own format.
  load = pkgs.writeShellApplication {
    name = "load-image";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.skopeo
    ];
    text = ''
      engine=$1 layout=$2 reference=$3
      work=$(mktemp --directory)
      trap 'rm -rf "$work"' EXIT

      case $engine in
      podman) format=oci-archive ;;
      *) format=docker-archive ;;
      esac
      skopeo --insecure-policy --tmpdir="$work" copy --quiet \
        "oci:$layout" "$format:$work/image.tar:$reference"
      "$engine" load --quiet --input "$work/image.tar" >/dev/null
    '';
  };
}
