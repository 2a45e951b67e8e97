# Every Service selects the pods of exactly one Deployment, every port that is named is one of the
# container, and ports, user, variables and time to drain are those of the image and description.
{
  images,
  k8s,
  lib,
  pkgs,
  services,
  ...
}:
let
  configs = pkgs.runCommand "image-configs.json" { nativeBuildInputs = [ pkgs.jq ]; } ''
    blob() { cat "$1/blobs/sha256/''${2#sha256:}"; }
    ${lib.concatMapStringsSep "\n" (name: ''
      manifest=$(jq --raw-output '.manifests[0].digest' ${images.${name}}/index.json)
      config=$(blob ${images.${name}} "$manifest" | jq --raw-output .config.digest)
      blob ${images.${name}} "$config" | jq '{ ${builtins.toJSON name}: . }' >>all
    '') (builtins.attrNames services)}
    jq --slurp add all >$out
  '';
  drain = builtins.toJSON (lib.mapAttrs (_: service: service.drainSeconds) services);
in
import ../../k8s/rules { inherit k8s lib pkgs; } {
  name = "k8s-references";
  rules = ../../k8s/rules/references.jq;
  arguments = ''--argjson configs "$(<${configs})" --argjson drain ${lib.escapeShellArg drain}'';
  mutations = [
    ''(.[] | select(.kind == "Service").spec.selector.app) = "nobody"''
    ''(.[] | select(.kind == "Service").spec.selector) |= del(.app) + { "app.kubernetes.io/part-of": "online-books" }''
    ''(.[] | select(.kind == "Service").spec.ports[0].targetPort) = "nothing"''
    ''(.[] | select(.kind == "NetworkPolicy" and .spec.egress).spec.egress[0].ports[0].port) = "nothing"''
    ''(.[] | select(.kind == "NetworkPolicy" and .spec.ingress).spec.ingress[0].ports[0].port) = "nothing"''
    ''(.[] | select(.kind == "PodDisruptionBudget").spec.selector.matchLabels.app) = "nobody"''
    ''(.[] | select(.kind == "HorizontalPodAutoscaler").spec.scaleTargetRef.name) = "nobody"''
    ''(.[] | select(.kind == "Deployment").spec.replicas) = 3''
    ''(.[] | select(.kind == "Deployment").spec.template.spec.serviceAccountName) = "nobody"''
    ''(.[] | select(.kind == "Deployment").spec.selector.matchLabels.app) = "nobody"''
    ''(.[] | select(.kind == "Deployment").spec.template.spec.terminationGracePeriodSeconds) = 20''
    ''(.[] | select(.kind == "Deployment").spec.template.spec.securityContext.runAsUser) = 1000''
    ''(.[] | select(.kind == "Deployment").spec.template.spec.containers[0].ports[0].containerPort) = 1''
    ''(.[] | select(.kind == "Deployment").spec.template.spec.containers[0].readinessProbe) = { httpGet: { port: "nothing" } }''
    ''(.[] | select(.metadata.name == "marketplace" and .kind == "Deployment").spec.template.spec.containers[0].env[0].value) = "elsewhere"''
  ];
}
