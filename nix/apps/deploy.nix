# nix run .#deploy -- [ENVIRONMENT] [--registry R] [--namespace N] [--context C] [--yes]
# [--force-conflicts]: push the images, apply the objects, delete what the environment no longer
# has (asks first; --yes does not), wait for the rollout, print the address. Every step can be
# repeated: after a failure, the same command finishes the job. Exit 1 with a line that says why.
# DEPLOY_TIMEOUT is the rollout's limit in seconds (300).
{
  apps,
  k8s,
  lib,
  pkgs,
  services,
  ...
}:
let
  rollout = import ../../k8s/rollout.nix { inherit pkgs; };
  public = builtins.attrNames (lib.filterAttrs (_: service: service.public or false) services);
in
pkgs.writeShellApplication {
  name = "deploy";
  runtimeInputs = k8s.cluster.runtimeInputs ++ [
    apps.push
    rollout
  ];
  text = ''
    yes="" force=()
    ${k8s.cluster.text "deploy" " [--yes] [--force-conflicts]"}
    ${k8s.cluster.prunable}
    limit=''${DEPLOY_TIMEOUT:-300}
    [[ $limit =~ ^[1-9][0-9]{0,4}$ ]] || code=2 fail "DEPLOY_TIMEOUT: expected seconds, got \"$limit\""
    again="; run the same command again to finish"

    # From a file, since kubectl is run once for each try.
    apply() {
      kube apply ${k8s.cluster.serverSide} "''${force[@]}" --filename "$1" 2>"$work/errors" && return
      if grep --quiet conflict "$work/errors"; then
        grep --extended-regexp 'conflict(s)? with|^- ' "$work/errors" >&2
        fail "something else set these fields; to take them over: --force-conflicts"
      fi
      fail "apply stopped: $(reason)$again"
    }

    image=$(jq --raw-output '[.items[].spec.template.spec.containers[0].image | values][0]' "$work/objects.json")
    registry=''${image%/*}
    if [[ $registry == localhost ]]; then
      echo "deploy: no registry: the images must be in the node's own store (docs/kubernetes.md)" >&2
    else
      push "$registry" >"$work/pushed" || fail "the images are not pushed, so nothing is applied$again"
    fi

    # The namespace alone first: the API server takes nothing for one that is not there.
    jq '.items |= map(select(.kind == "Namespace"))' "$work/objects.json" >"$work/namespace.json"
    if [[ $(jq '.items | length' "$work/namespace.json") != 0 ]]; then
      apply "$work/namespace.json"
    fi

    # Where an autoscaler now has the number of pods, apply would give ours up, and the Deployment
    # would fall to one pod. So another manager holds the number until the autoscaler writes it; a
    # conflict says that it has.
    mapfile -t autoscaled < <(jq --raw-output \
      '.items[] | select(.kind == "Deployment" and .spec.replicas == null).metadata.name' "$work/objects.json")
    for name in "''${autoscaled[@]}"; do
      kube get deployment "$name" --ignore-not-found --output json >"$work/live.json" 2>"$work/errors" ||
        fail "cannot read the number of pods of $name: $(reason)$again"
      [[ -s $work/live.json ]] || continue
      jq '{ apiVersion, kind, metadata: { name: .metadata.name }, spec: { replicas: .spec.replicas } }' \
        "$work/live.json" >"$work/replicas.json"
      kube apply ${k8s.cluster.serverSide}-handover --validate=false --filename "$work/replicas.json" >/dev/null 2>"$work/errors" ||
        grep --quiet conflict "$work/errors" || fail "cannot keep the number of pods of $name: $(reason)$again"
    done

    jq '.items |= map(select(.kind != "Namespace"))' "$work/objects.json" >"$work/rest.json"
    apply "$work/rest.json"

    gone=$(prunable)
    if [[ -n $gone ]]; then
      echo "No longer in the environment $environment:" >&2
      while read -r object; do echo "  $object" >&2; done <<<"$gone"
      if [[ -z $yes ]]; then
        read -r -p "Delete them? [y/N] " answer || answer=""
        [[ $answer != [yY]* ]] || yes=1
      fi
      if [[ -n $yes ]]; then
        mapfile -t objects <<<"$gone"
        kube delete "''${objects[@]}" 2>"$work/errors" || fail "delete stopped: $(reason)$again"
      else
        echo "deploy: nothing deleted; --yes deletes without asking" >&2
      fi
    fi

    rollout "$context" "$namespace" "$limit" "$work/objects.json" ||
      fail "not every Deployment is rolled out (above)"

    public=(${lib.escapeShellArgs public})
    for name in "''${public[@]}"; do
      kube get service "$name" --output json >"$work/service.json" 2>"$work/errors" ||
        fail "cannot read the address of $name: $(reason)"
      jq --raw-output --arg context "$context" --arg namespace "$namespace" '
        .metadata.name as $name | .spec.ports[0].port as $port
        | [.status.loadBalancer.ingress[]? | .hostname // .ip]
        | if length > 0 then "\($name): http://\(first):\($port)"
          else "\($name): no outside address yet; kubectl --context \($context) --namespace \($namespace) port-forward service/\($name) \($port)" end
      ' "$work/service.json"
    done
  '';
  meta.description = "Push, apply, prune, and wait for the rollout";
}
