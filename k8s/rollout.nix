# Waits for the rollout of each Deployment in a List of objects, with progress, under a limit of
# time. When one fails: which pods, why, their last log lines, and the command that undoes it;
# exit 1.
#   rollout CONTEXT NAMESPACE SECONDS OBJECTS
{ pkgs }:
pkgs.writeShellApplication {
  name = "rollout";
  runtimeInputs = [
    pkgs.coreutils
    pkgs.jq
    pkgs.kubectl
  ];
  text = ''
    context=$1 namespace=$2 limit=$3 objects=$4
    kube() { kubectl --context "$context" --namespace "$namespace" "$@"; }
    say() { echo "deploy: $*" >&2; }

    # Pods that are not ready, a line each: name, tab, reason.
    not_ready() {
      kube --request-timeout=20s get pods --selector "app=$1" --output json | jq --raw-output '
        .items[] | select([.status.conditions[]? | select(.type == "Ready" and .status == "True")] == [])
        | [ .metadata.name,
            ([ .status.containerStatuses[]? | .state.waiting // .state.terminated // empty
               | "\(.reason // "") \(.message // "")" ]
             + [ .status.conditions[]? | select(.status == "False") | "\(.reason // "") \(.message // "")" ]
             | map(gsub("\\s+"; " ")) | first // .status.phase) ]
        | @tsv'
    }

    explain() {
      local name=$1 pods pod reason
      pods=$(not_ready "$name") || {
        say "the cluster no longer answers; run deploy again when it does"
        return
      }
      [[ -n $pods ]] || say "$name: every pod that exists is ready, but there are fewer than wanted (kubectl --context $context --namespace $namespace describe deployment $name)"
      while IFS=$'\t' read -r pod reason; do
        [[ -n $pod ]] || continue
        say "pod $pod is not ready: $reason"
        # After a crash, what matters is in the container before.
        kube --request-timeout=20s logs "$pod" --previous --tail=10 2>/dev/null ||
          kube --request-timeout=20s logs "$pod" --tail=10 2>/dev/null ||
          say "  it has written no log"
      done <<<"$pods" >&2
      say "to undo: kubectl --context $context --namespace $namespace rollout undo deployment/$name"
      say "(the next deploy then wants --force-conflicts, because undo takes the image over)"
    }

    # Where a Deployment stands, as one line; "done" when every replica is new and available. Before
    # its autoscaler has looked it asks for fewer pods than it will have, so the least counts too.
    state() {
      kube --request-timeout=10s get deployment "$1" --output json | jq --raw-output --slurpfile list "$objects" '
        .metadata.name as $name | .status as $status
        | [ $list[0].items[] | select(.kind == "HorizontalPodAutoscaler" and .spec.scaleTargetRef.name == $name).spec.minReplicas ] as $least
        | ([ .spec.replicas // 1, $least[] ] | max) as $wanted
        | if ($status.observedGeneration // 0) < .metadata.generation then "waits for the controller"
          elif any($status.conditions[]?; .type == "Progressing" and .reason == "ProgressDeadlineExceeded") then "failed"
          elif ($status.updatedReplicas // 0) < $wanted then "\($status.updatedReplicas // 0) of \($wanted) pods are new"
          elif $status.replicas > $status.updatedReplicas then "\($status.replicas - $status.updatedReplicas) old pods still serve"
          elif ($status.availableReplicas // 0) < $wanted then "\($status.availableReplicas // 0) of \($wanted) new pods are available"
          else "done" end'
    }

    # Asks, rather than have kubectl watch: a watch whose server is gone waits without a word.
    end=$((SECONDS + limit)) failed=0
    mapfile -t names < <(jq --raw-output '.items[] | select(.kind == "Deployment").metadata.name' "$objects")
    for name in "''${names[@]}"; do
      last="" unanswered=0
      while :; do
        if now=$(state "$name" 2>/dev/null) && [[ -n $now ]]; then
          unanswered=0
          [[ $now == "$last" ]] || say "$name: $now"
          last=$now
        elif ((++unanswered == 5)); then
          say "the cluster of context $context went away during the rollout; run the same command again when it is back"
          exit 1
        fi
        [[ $now != "done" ]] || break
        if [[ $now == failed ]] || ((SECONDS >= end)); then
          failed=1
          say "the rollout of $name did not succeed within its time"
          explain "$name"
          break
        fi
        sleep 2
      done
    done
    exit "$failed"
  '';
}
