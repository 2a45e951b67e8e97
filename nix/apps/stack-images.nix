# nix run .#stack-images: what `stack` runs as processes, run as containers, with podman or
# Docker: the images of this build on a network of their own, each under its name. The page is on
# http://localhost:5000 (MARKETPLACE_PORT and so on: other ports of this machine).
# Ctrl-C removes containers, network and images again.
{
  lib,
  pkgs,
  services,
  images,
  ...
}:
let
  engine = import ../oci/engine.nix { inherit pkgs; };

  # Callees before their callers: in this order each finds whom it calls.
  visit =
    done: name:
    if builtins.elem name done then
      done
    else
      builtins.foldl' visit done (builtins.attrNames services.${name}.calls) ++ [ name ];
  names = builtins.foldl' visit [ ] (builtins.attrNames services);

  # A probe from outside: over HTTP by the published port, over gRPC by the program's own
  # subcommand, because the image has nothing else that could ask.
  start =
    name:
    let
      inherit (services.${name}) health ports;
      port = toString ports.${health.port}.number;
      entrypoint = lib.escapeShellArgs images.${name}.config.Entrypoint;
    in
    "start ${name} ${port} ${toString (import ../grace.nix services.${name})} "
    + (if health.protocol == "http" then ''page "${health.ready}"'' else "inside ${entrypoint} health");
in
pkgs.writeShellApplication {
  name = "stack-images";
  runtimeInputs = [
    engine.find
    engine.load
    pkgs.coreutils
    pkgs.curl
    pkgs.gnused
    pkgs.jq
  ];
  text = ''
    images=${images.all}
    say() { echo "stack-images: $*" >&2; }
    fail() {
      say "$@"
      exit 1
    }
    (($# == 0)) || fail "takes no arguments; a service's port is chosen by its variable, like MARKETPLACE_PORT"

    engine=$(find-engine)
    stack=books-$$
    started=() loaded=() followers=() network=""

    remove() {
      trap "" INT TERM
      say "removing what was started"
      # Callers first, so that the last requests are answered.
      for ((i = ''${#started[@]} - 1; i >= 0; i--)); do
        "$engine" stop "''${started[i]}" >/dev/null 2>&1 || true
        "$engine" rm --force "''${started[i]}" >/dev/null 2>&1 || true
      done
      ((''${#followers[@]} == 0)) || wait "''${followers[@]}" || true
      [[ -z $network ]] || "$engine" network rm "$network" >/dev/null || true
      for image in "''${loaded[@]}"; do "$engine" rmi "$image" >/dev/null || true; done
    }
    trap remove EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM

    page() { curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$port$1"; }
    inside() { "$engine" exec "$stack-$name" "$@" >/dev/null 2>&1; }

    # start NAME PORT GRACE PROBE...: a container from the image of this build, followed and healthy
    start() {
      local name=$1 inner=$2 grace=$3 variable port wanted id
      shift 3
      variable=''${name^^}_PORT
      variable=''${variable//-/_}
      port=''${!variable:-$inner}
      [[ $port =~ ^[0-9]+$ ]] || fail "$variable is \"$port\", which is no port"

      load-image "$engine" "$images/$name" "$name:$stack"
      loaded+=("$name:$stack")
      # An image's id is the digest of its configuration, and that holds the digests of its
      # layers: this is the image that was built, whatever else has its name.
      wanted=$(jq --raw-output '.manifests[0].digest | ltrimstr("sha256:")' "$images/$name/index.json")
      wanted=$(jq --raw-output '.config.digest | ltrimstr("sha256:")' "$images/$name/blobs/sha256/$wanted")
      id=$("$engine" image inspect --format '{{.Id}}' "$name:$stack")
      [[ ''${id#sha256:} == "$wanted" ]] || fail "$engine has $name with the id $id, not $wanted"

      # As strict as in Kubernetes: nothing to write to, no privilege to gain. It counts as started
      # before it is: where the port is taken, a container that never ran is left to be removed.
      started+=("$stack-$name")
      "$engine" run --detach --name "$stack-$name" --network "$network" --network-alias "$name" \
        --publish "127.0.0.1:$port:$inner" --stop-timeout "$grace" --read-only --cap-drop all \
        --security-opt no-new-privileges "$id" >/dev/null || fail "$engine cannot run $name; its message is above"
      "$engine" logs --follow "$stack-$name" > >(sed --unbuffered "s/^/$name | /") 2>&1 &
      followers+=($!)

      for _ in {1..150}; do
        if "$@"; then
          say "$name is healthy, on port $port"
          return
        fi
        [[ $("$engine" inspect --format '{{.State.Running}}' "$stack-$name") == true ]] ||
          fail "$name has stopped; its last lines say why"
        sleep 0.2
      done
      fail "$name is not healthy after half a minute"
    }

    "$engine" network create "$stack" >/dev/null
    network=$stack
    ${lib.concatMapStringsSep "\n" start names}
    say "Ctrl-C stops it"

    # Until a container stops by itself.
    wait -n "''${followers[@]}" || true
    say "a container has stopped; its last lines say why"
    false
  '';
  meta.description = "Run the images as containers on one network";
}
