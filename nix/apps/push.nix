# nix run .#push -- REGISTRY [--tag TAG]: the images to REGISTRY/NAME, with the digests that they
# have in the store. Standard output is one NAME@sha256:... line an image, once all are there;
# progress goes to standard error. Exit 1 with one line when anything is refused.
{
  lib,
  pkgs,
  services,
  images,
  ...
}:
let
  names = builtins.attrNames services;
in
pkgs.writeShellApplication {
  name = "push";
  runtimeInputs = [
    pkgs.coreutils
    pkgs.gnused
    pkgs.jq
    pkgs.skopeo
  ];
  text = ''
    images=${images.all}
    names=(${lib.escapeShellArgs names})
    usage="usage: push REGISTRY [--tag TAG]    (REGISTRY: HOST[:PORT][/PATH], like ghcr.io/owner)"

    say() { echo "push: $*" >&2; }
    fail() {
      say "$@"
      exit 1
    }

    registry="" tag=""
    while (($#)); do
      case $1 in
      -h | --help)
        echo "$usage"
        exit
        ;;
      --tag)
        tag=''${2-}
        [[ $tag =~ ^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$ ]] ||
          fail "\"$tag\" is not a tag: letters, digits, \"_\", \".\" and \"-\", 128 at most"
        shift 2
        ;;
      -*) fail "unknown option $1; $usage" ;;
      *)
        [[ -z $registry ]] || fail "a second registry, $1; $usage"
        registry=$1
        [[ -n $registry ]] || fail "the registry is empty; $usage"
        shift
        ;;
      esac
    done
    [[ -n $registry ]] || fail "no registry; $usage"

    host=''${registry%%/*}
    pattern=${lib.escapeShellArg (import ../oci/registry.nix)}
    if [[ ! $registry =~ ^($pattern)$ ]]; then
      [[ $host == *[.:]* || ! docker.io/$registry =~ ^($pattern)$ ]] ||
        fail "\"$host\" has no dot and no port, so it names no registry; for Docker Hub write docker.io/$registry"
      fail "\"$registry\" is not HOST[:PORT][/PATH], in lower case and without a scheme"
    fi

    # As Docker has it: a registry on loopback may speak plain HTTP.
    tls=true
    [[ ! $host =~ ^(localhost|127\.[0-9.]+)(:|$) ]] || tls=false

    work=$(mktemp --directory)
    trap 'rm -rf "$work"' EXIT

    # Runs skopeo. Its own words are a log format's, of which one line is made.
    # No signature policy: nothing foreign is read, the source is this build.
    try() {
      local doing=$1 message
      shift
      if skopeo --insecure-policy --command-timeout=10m --tmpdir="$work" "$@" 2>"$work/errors"; then
        return
      fi
      message=$(sed --quiet --regexp-extended '$ s/^time=.* msg="(.*)"$/\1/; $ s/\\"/"/g; $ p' "$work/errors")
      case $message in
      *unauthorized* | *"authentication required"* | *denied*)
        fail "$doing: $host wants a login with the right to do that (skopeo login $host)"
        ;;
      *) fail "$doing: $message" ;;
      esac
    }
    digest_of() { jq --raw-output --arg name "$1" '.[$name].digest' "$images/images.json"; }
    copy() { # NAME DESTINATION
      try "cannot push to $2" copy --quiet --preserve-digests --dest-tls-verify="$tls" \
        "oci:$images/$1" "docker://$2"
    }

    for name in "''${names[@]}"; do
      digest=$(digest_of "$name")
      target=$registry/$name@$digest
      copy "$name" "$target"

      try "cannot read $target back" inspect --raw --tls-verify="$tls" "docker://$target" >"$work/manifest"
      there=sha256:$(sha256sum <"$work/manifest" | cut -d ' ' -f 1)
      [[ $there == "$digest" ]] || fail "$target: the registry has a manifest with the digest $there there"
      say "$target is there"
    done

    # Only now: everything that a tag will point to is there.
    if [[ -n $tag ]]; then
      for name in "''${names[@]}"; do
        copy "$name" "$registry/$name:$tag"
        say "$registry/$name:$tag is that"
      done
    fi

    for name in "''${names[@]}"; do
      echo "$name@$(digest_of "$name")"
    done
  '';
  meta.description = "Push the images to a registry, with their digests";
}
