# Waits for the rollout of each Deployment given, with progress, under a limit of time. When one
# fails: which pods, why, their last log lines, and the command that undoes it; exit 1.
#   rollout CONTEXT NAMESPACE SECONDS DEPLOYMENT…
{ pkgs }:
pkgs.writeShellApplication {
  name = "rollout";
  runtimeInputs = [
    pkgs.coreutils
    pkgs.jq
    pkgs.kubectl
  ];
  text = ''
    context=$1 namespace=$2 limit=$3
    shift 3
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

    end=$((SECONDS + limit)) failed=0
    for name; do
      left=$((end - SECONDS))
      ((left > 0)) || left=1
      # The outer limit holds when the connection hangs without an answer.
      if ! timeout "$((left + 10))" kubectl --context "$context" --namespace "$namespace" \
        rollout status "deployment/$name" --timeout="''${left}s"; then
        failed=1
        say "the rollout of $name did not succeed"
        explain "$name"
      fi
    done
    exit "$failed"
  '';
}
