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
  drain = builtins.toJSON (lib.mapAttrs (_: service: service.drain.seconds) services);
in
import ../../k8s/rules
  {
    inherit
      k8s
      lib
      pkgs
      services
      ;
  }
  {
    name = "k8s-references";
    rules = ../../k8s/rules/references.jq;
    arguments = ''--argjson configs "$(<${configs})" --argjson drain ${lib.escapeShellArg drain}'';
    mutations = {
      "Service marketplace selects 0 Deployments" = [
        ''(.[] | select(.kind == "Service").spec.selector.app) = "nobody"''
      ];
      # All of ours, which are two or more.
      "Service marketplace selects" = [
        ''(.[] | select(.kind == "Service").spec.selector) |= del(.app) + { "app.kubernetes.io/part-of": "online-books" }''
      ];
      "Service marketplace: port nothing is not one of the container" = [
        ''(.[] | select(.kind == "Service").spec.ports[0].targetPort) = "nothing"''
      ];
      "port nothing is not one of the called container" = [
        ''(.[] | select(.kind == "NetworkPolicy" and .spec.egress).spec.egress[0].ports[0].port) = "nothing"''
      ];
      "NetworkPolicy marketplace: port nothing is not one of the container" = [
        ''(.[] | select(.kind == "NetworkPolicy" and .spec.ingress).spec.ingress[0].ports[0].port) = "nothing"''
      ];
      "NetworkPolicy marketplace selects no Deployment" = [
        ''(.[] | select(.kind == "NetworkPolicy" and .spec.ingress).spec.podSelector.matchLabels.app) = "nobody"''
      ];
      "PodDisruptionBudget marketplace selects 0 Deployments" = [
        ''(.[] | select(.kind == "PodDisruptionBudget").spec.selector.matchLabels.app) = "nobody"''
      ];
      "there is no Deployment nobody" = [
        ''(.[] | select(.kind == "HorizontalPodAutoscaler").spec.scaleTargetRef.name) = "nobody"''
      ];
      "the Deployment sets replicas too" = [
        ''(.[] | select(.kind == "Deployment").spec.replicas) = 3''
      ];
      "there is no ServiceAccount nobody" = [
        ''(.[] | select(.kind == "Deployment").spec.template.spec.serviceAccountName) = "nobody"''
      ];
      "does not select its own pods" = [
        ''(.[] | select(.kind == "Deployment").spec.selector.matchLabels.app) = "nobody"''
      ];
      "ends before it has drained" = [
        ''(.[] | select(.kind == "Deployment").spec.template.spec.terminationGracePeriodSeconds) = 20''
      ];
      "its user is not that of the image" = [
        ''(.[] | select(.kind == "Deployment").spec.template.spec.securityContext.runAsUser) = 1000''
      ];
      "its ports are not those of the image" = [
        ''(.[] | select(.kind == "Deployment").spec.template.spec.containers[0].ports[0].containerPort) = 1''
      ];
      "a probe asks port nothing" = [
        ''(.[] | select(.kind == "Deployment").spec.template.spec.containers[0].readinessProbe) = { httpGet: { port: "nothing" } }''
      ];
      "the image does not have RECOMMENDATIONS_HOST=elsewhere" = [
        ''(.[] | select(.metadata.name == "marketplace" and .kind == "Deployment").spec.template.spec.containers[0].env[0].value) = "elsewhere"''
      ];
    };
  }
