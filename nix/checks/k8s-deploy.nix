# What deploy and k8s-diff do at the answers of a cluster, and with which words and exit code they
# end. Cluster and registry are stand-ins; no request leaves the check.
{
  images,
  lib,
  pkgs,
  services,
  user,
  ...
}:
let
  scope = {
    inherit lib services;
    pkgs = pkgs // {
      kubectl = import ../../k8s/fixtures/kubectl.nix { inherit pkgs; };
    };
    apps.push = pkgs.writeShellApplication {
      name = "push";
      text = ''echo "push $*" >>"$CLUSTER/calls"'';
    };
    k8s = (import ../../k8s (scope // { inherit images user; })).of (
      import ../../k8s/fixtures/environments.nix { inherit lib services; }
    );
  };

  first = builtins.head (builtins.attrNames services);

  check = pkgs.writeShellApplication {
    name = "check-k8s-deploy";
    runtimeInputs = [
      (import ../apps/deploy.nix scope)
      (import ../apps/k8s-diff.nix scope)
      pkgs.coreutils
      pkgs.gnugrep
      pkgs.gnused
      pkgs.jq
    ];
    text = ''
      fail() {
        echo "$CLUSTER: $*" >&2
        cat "$CLUSTER/output" "$CLUSTER/calls" >&2
        exit 1
      }
      # deployment REPLICAS UPDATED: as the API server has it
      deployment() {
        jq --null-input --argjson replicas "$1" --argjson updated "$2" '{
          apiVersion: "apps/v1", kind: "Deployment", metadata: { generation: 1 },
          spec: { $replicas, selector: {} },
          status: { observedGeneration: 1, $replicas, updatedReplicas: $updated, availableReplicas: $updated }
        }'
      }
      # cluster NAME: one where all is well
      cluster() {
        export CLUSTER=$PWD/$1
        mkdir "$CLUSTER"
        deployment 3 3 >"$CLUSTER/deployment"
        echo '{ "spec": { "ports": [{ "port": 5000 }] }, "status": { "loadBalancer": { "ingress": [{ "ip": "192.0.2.1" }] } } }' >"$CLUSTER/service"
      }
      # ends STATUS WORDS COMMAND...: it ends with that code, and has said the words
      ends() {
        local status=0
        "''${@:3}" scaled --context test >"$CLUSTER/output" 2>&1 </dev/null || status=$?
        [[ $status == "$1" ]] || fail "ends with $status, not $1"
        said "$2"
        echo "''${CLUSTER##*/}: ends with $1: $2"
      }
      said() { grep --quiet --fixed-strings -- "$1" "$CLUSTER/output" || fail "has not said: $1"; }
      called() { grep --quiet --fixed-strings -- "$1" "$CLUSTER/calls" || fail "has not called: $1"; }

      cluster success
      ends 0 ": http://192.0.2.1:5000" deploy
      for name in ${lib.escapeShellArgs (builtins.attrNames services)}; do said "deploy: $name: done"; done
      ends 0 "environment scaled" k8s-diff
      called "get Deployment.apps,HorizontalPodAutoscaler.autoscaling,NetworkPolicy.networking.k8s.io,PodDisruptionBudget.policy,Service,ServiceAccount --selector app.kubernetes.io/instance=scaled,app.kubernetes.io/managed-by=nix,app.kubernetes.io/part-of=online-books"
      [[ $(grep --only-matching --extended-regexp '^(push .*|apply --server-side --field-manager=\S+)' "$CLUSTER/calls") == "push registry.test/books
      apply --server-side --field-manager=online-books
      apply --server-side --field-manager=online-books" ]] || fail "pushes and applies otherwise"
      jq --exit-status --slurp '[ .[] | [ .items[].kind == "Namespace" ] | any, all ] == [ true, true, false, false ]' \
        "$CLUSTER/applied" >/dev/null || fail "does not apply the namespace first"

      cluster one-pod-at-first
      mv "$CLUSTER/deployment" "$CLUSTER/deployment.next"
      deployment 1 1 >"$CLUSTER/deployment"
      ends 0 "deploy: ${first}: 1 of 3 pods are new" deploy

      cluster autoscaled-from-now-on
      deployment 5 5 >"$CLUSTER/live"
      ends 0 "deploy: ${first}: done" deploy
      called "apply --server-side --field-manager=online-books-handover --validate=false"
      # After the namespace, before the rest.
      [[ $(sed --quiet 2p "$CLUSTER/applied") == \
        '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"${first}"},"spec":{"replicas":5}}' ]] || fail "hands over otherwise"

      cluster autoscaled-already
      deployment 5 5 >"$CLUSTER/live"
      echo 'Apply failed with 1 conflict: conflict with "kube-controller-manager": .spec.replicas' >"$CLUSTER/handover.error"
      ends 0 "deploy: ${first}: done" deploy

      cluster not-handed-over
      deployment 5 5 >"$CLUSTER/live"
      echo 'Error from server (Forbidden): no' >"$CLUSTER/handover.error"
      ends 1 "deploy: cannot keep the number of pods of ${first}: Error from server (Forbidden): no" deploy
      jq --exit-status --slurp 'length == 1' "$CLUSTER/applied" >/dev/null || fail "applies all the same"

      cluster forbidden
      echo 'Error from server (Forbidden): no' >"$CLUSTER/apply.error"
      ends 1 "deploy: apply stopped: Error from server (Forbidden): no; run the same command again to finish" deploy

      cluster conflict
      echo 'Apply failed with 1 conflict: conflict with "kubectl": .spec.type' >"$CLUSTER/apply.error"
      ends 1 "to take them over: --force-conflicts" deploy

      cluster gone
      echo 'Unable to connect to the server' >"$CLUSTER/version.error"
      ends 1 "deploy: the cluster of context test does not answer: Unable to connect to the server" deploy
      ends 2 "k8s-diff: the cluster of context test does not answer" k8s-diff

      cluster gone-during-the-rollout
      echo 'Unable to connect to the server' >"$CLUSTER/deployment.error"
      ends 1 "went away during the rollout; run the same command again" deploy

      cluster failed-rollout
      deployment 3 1 | jq '.status.conditions = [{ type: "Progressing", reason: "ProgressDeadlineExceeded" }]' >"$CLUSTER/deployment"
      echo '{ "items": [{ "metadata": { "name": "shop-1" }, "status": { "containerStatuses": [
        { "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "again" } } }] } }] }' >"$CLUSTER/pods"
      echo 'the last words' >"$CLUSTER/logs"
      ends 1 "deploy: pod shop-1 is not ready: CrashLoopBackOff again" deploy
      said 'the last words'
      said 'to undo: kubectl --context test --namespace online-books rollout undo deployment/${first}'

      cluster no-longer-wanted
      echo '{ "items": [{ "kind": "Service", "metadata": { "name": "old" } }, { "kind": "Service", "metadata": { "name": "${first}" } }] }' >"$CLUSTER/all"
      ends 1 "- Service/old" k8s-diff
      ends 0 "nothing deleted; --yes deletes without asking" deploy
      if grep '^delete' "$CLUSTER/calls"; then fail "deletes unasked"; fi
      ends 0 "  Service/old" deploy --yes
      [[ $(grep '^delete' "$CLUSTER/calls") == "delete Service/old" ]] || fail "deletes others"

      cluster no-namespace
      echo 'Error from server (NotFound): namespaces "online-books" not found' >"$CLUSTER/namespace.error"
      ends 1 "+ Deployment/${first}" k8s-diff
    '';
  };
in
pkgs.runCommand "k8s-deploy" { } ''
  ${lib.getExe check}
  touch $out
''
