# k8s [ENVIRONMENT] [--registry REGISTRY] [--namespace NAME] [--json]: the objects of an
# environment on standard output, as YAML, or as one JSON List. The same input gives the same
# bytes. Exit 2 with one line when the arguments are wrong.
{
  default,
  images,
  lib,
  objectsOf,
  pkgs,
  resolved,
}:
let
  types = import ./types.nix;
  names = builtins.attrNames resolved;

  # What is known before the images are built.
  data = lib.mapAttrs (
    name: environment:
    pkgs.writeText "k8s-${name}.json" (
      builtins.toJSON {
        inherit (environment) namespace;
        registry = if environment.registry == null then "" else environment.registry;
        objects = objectsOf environment;
      }
    )
  ) resolved;
in
pkgs.writeShellApplication {
  name = "k8s";
  runtimeInputs = [
    pkgs.coreutils
    pkgs.jq
    pkgs.yq
  ];
  text = ''
    usage="usage: k8s [ENVIRONMENT] [--registry REGISTRY] [--namespace NAME] [--json]    (ENVIRONMENT: ${lib.concatStringsSep " or " names}; ${default} if none is given)"
    fail() {
      echo "k8s: $*" >&2
      exit 2
    }
    # A value that is there and of the form: OPTION VALUE PATTERN EXPECTED
    check() {
      [[ $2 =~ ^($3)$ ]] || fail "$1: expected $4, got \"$2\""
    }

    environment="" registry="" namespace="" format=yaml
    while (($#)); do
      case $1 in
      -h | --help)
        echo "$usage"
        exit
        ;;
      --registry)
        registry=''${2-}
        check "$1" "$registry" ${lib.escapeShellArg types.registry.expression} ${lib.escapeShellArg types.registry.expected}
        shift 2
        ;;
      --namespace)
        namespace=''${2-}
        check "$1" "$namespace" ${lib.escapeShellArg types.namespace.expression} ${lib.escapeShellArg types.namespace.expected}
        [[ ! $namespace =~ ^(${types.namespace.reserved})$ ]] ||
          fail "$1: expected ${types.namespace.expected}, got \"$namespace\""
        shift 2
        ;;
      --json)
        format=json
        shift
        ;;
      -*) fail "unknown option $1; $usage" ;;
      *)
        [[ -z $environment ]] || fail "a second environment, $1; $usage"
        environment=$1
        shift
        ;;
      esac
    done

    environment=''${environment:-${default}}
    command="nix run .#k8s -- $environment''${registry:+ --registry $registry}''${namespace:+ --namespace $namespace}"
    case $environment in
    ${lib.concatMapStringsSep "\n" (name: "${name}) data=${data.${name}} ;;") names}
    *) fail "there is no environment \"$environment\"; there are ${lib.concatStringsSep ", " names}" ;;
    esac

    registry=''${registry:-$(jq --raw-output .registry "$data")}
    namespace=''${namespace:-$(jq --raw-output .namespace "$data")}
    [[ -n $registry ]] ||
      fail "environment $environment has no registry: give one (--registry ghcr.io/owner), or set registry in k8s/environments/$environment.nix"

    objects=$(jq .objects "$data" |
      jq --sort-keys --arg registry "$registry" --arg namespace "$namespace" \
        --slurpfile images ${images.all}/images.json --from-file ${./render.jq})

    if [[ $format == json ]]; then
      jq '{ apiVersion: "v1", kind: "List", items: . }' <<<"$objects"
      exit
    fi
    printf '%s\n' \
      "# Environment $environment, namespace $namespace, images of $registry." \
      "# Made from nix/services.nix and k8s/ by: $command" \
      "# Change those, not this; the digests are those of the images that the same source builds." \
      "---"
    yq --yaml-output --width 120 '.[]' <<<"$objects"
  '';
  meta.description = "Print the Kubernetes objects of an environment";
}
