# What diff and deploy begin with, as shell text: reads the arguments, renders the objects, picks
# the cluster. Afterwards there are $environment, $namespace and $context; the List of objects in
# $work/objects.json; and the function `kube`, kubectl on that cluster, each request bounded in
# time. `deploy` has two options of its own, for which it sets $yes and $force before.
{
  kinds,
  lib,
  pkgs,
  render,
  resolved,
}:
let
  # The shell puts the environment's name in.
  labels = import ./labels.nix { environment.name = "$environment"; };

  careful = builtins.attrNames (lib.filterAttrs (_: environment: environment.namedContext) resolved);
in
{
  runtimeInputs = [
    pkgs.coreutils
    pkgs.diffutils
    pkgs.gnugrep
    pkgs.gnused
    pkgs.jq
    pkgs.kubectl
    render
  ];

  # Whose fields those are that we set: apply and diff have to say the same.
  serverSide = "--server-side --field-manager=online-books";

  # Objects that the environment no longer has: of our kinds, with our labels, in our namespace.
  prunable = ''
    prunable() {
      kube get ${lib.concatStringsSep "," kinds} --selector "${labels.owned}" \
        --output json >"$work/live.json" 2>"$work/errors" || fail "cannot list what is there: $(reason)"
      jq --raw-output --slurpfile wanted "$work/objects.json" '
        def id: "\(.kind)/\(.metadata.name)";
        ($wanted[0].items | map(id)) as $keep | .items[] | id | select(IN($keep[]) | not)
      ' "$work/live.json"
    }
  '';

  text = program: more: ''
    usage="usage: ${program} [ENVIRONMENT] [--registry REGISTRY] [--namespace NAME] [--context CONTEXT]${more}"
    fail() {
      echo "${program}: $*" >&2
      exit "''${code:-1}"
    }
    # The one line of the last command's errors that says why; kubectl repeats it per object.
    reason() {
      { grep --extended-regexp --max-count=1 'Forbidden|forbidden|refused|Unable to connect|[Ee]rror' "$work/errors" ||
        tail --lines=1 "$work/errors"; } | sed 's/; if you choose to ignore.*//; s/ - error from a previous attempt.*//'
    }

    environment="" context="" render=()
    while (($#)); do
      case $1 in
      -h | --help)
        echo "$usage"
        exit
        ;;
      --registry | --namespace)
        render+=("$1" "''${2-}")
        shift $(($# > 1 ? 2 : 1))
        ;;
      --context)
        context=''${2-}
        [[ -n $context ]] || code=2 fail "--context wants a name; $usage"
        shift 2
        ;;
      ${lib.optionalString (more != "") ''
        --yes)
          yes=1
          shift
          ;;
        --force-conflicts)
          force=(--force-conflicts)
          shift
          ;;
      ''}
      -*) code=2 fail "unknown option $1; $usage" ;;
      *)
        [[ -z $environment ]] || code=2 fail "a second environment, $1; $usage"
        environment=$1
        shift
        ;;
      esac
    done
    environment=''${environment:-local}

    work=$(mktemp --directory)
    trap 'rm -rf "$work"' EXIT
    k8s "$environment" "''${render[@]}" --json >"$work/objects.json" || exit
    namespace=$(jq --raw-output '[.items[].metadata.namespace | values][0]' "$work/objects.json")
    if [[ -z $context ]]; then
      case $environment in
      ${lib.concatStringsSep " | " (careful ++ [ "'*'" ])})
        code=2 fail "environment $environment wants the cluster by name: --context CONTEXT (kubectl config get-contexts lists them)"
        ;;
      esac
      context=$(kubectl config current-context 2>/dev/null) ||
        fail "kubectl has no current context: start a cluster, or name one with --context"
    fi
    echo "${program}: environment $environment, namespace $namespace, context $context" >&2
    kube() { kubectl --context "$context" --namespace "$namespace" --request-timeout=20s "$@"; }
    kube version --output json >"$work/version" 2>"$work/errors" ||
      fail "the cluster of context $context does not answer: $(reason)"
  '';
}
