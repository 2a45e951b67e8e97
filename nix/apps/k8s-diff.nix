# nix run .#k8s-diff -- [ENVIRONMENT] [--registry R] [--namespace N] [--context C]: what deploy
# would change on the cluster. Exit 0: nothing; 1: something; 2 and more: it could not be found out.
{
  k8s,
  pkgs,
  ...
}:
pkgs.writeShellApplication {
  name = "k8s-diff";
  inherit (k8s.cluster) runtimeInputs;
  text = ''
    code=2
    ${k8s.cluster.text "k8s-diff" ""}
    ${k8s.cluster.prunable}

    # The API server cannot try what would go into a namespace that is not there yet.
    if ! kube get namespace "$namespace" >/dev/null 2>"$work/errors"; then
      grep --quiet 'NotFound' "$work/errors" || fail "cannot read the namespace: $(reason)"
      echo "The namespace $namespace is not there; all of these would be created:"
      jq --raw-output '.items[] | "+ \(.kind)/\(.metadata.name)"' "$work/objects.json"
      exit 1
    fi

    result=0
    kube diff ${k8s.cluster.serverSide} --filename "$work/objects.json" 2>"$work/errors" || result=$?
    ((result <= 1)) || fail "kubectl diff: $(reason)"
    gone=$(prunable)
    if [[ -n $gone ]]; then
      result=1
      echo "No longer in the environment; deploy would ask, then delete:"
      while read -r object; do echo "- $object"; done <<<"$gone"
    fi
    exit "$result"
  '';
  meta.description = "Show what a deployment would change on the cluster";
}
