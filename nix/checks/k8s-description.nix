# The objects say what the description says: no service lacks an object, ports and probes are its
# own, pods have time to leave and are spread, and the policies let in and out whom it names.
{
  k8s,
  lib,
  pkgs,
  services,
  ...
}:
let
  # Files are left out: their sources would be copied into the store.
  description = lib.mapAttrs (_: service: {
    inherit (service) calls health ports;
    public = service.public or false;
  }) services;

  on = kind: change: "(.[] | select(.kind == \"${kind}\")) |= (${change})";
  onPods = change: on "Deployment" ".spec.template.spec |= (${change})";
  onContainers = change: onPods ".containers[0] |= (${change})";
  # default-deny has the kind, but is of no service.
  onPolicies =
    change: on "NetworkPolicy" "if .metadata.name == \"default-deny\" then . else ${change} end";
  onDefault =
    change: on "NetworkPolicy" "if .metadata.name == \"default-deny\" then ${change} else . end";
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
    name = "k8s-description";
    rules = ../../k8s/rules/description.jq;
    arguments = "--argjson services ${lib.escapeShellArg (builtins.toJSON description)}";
    mutations =
      builtins.listToAttrs (
        map
          (kind: {
            name = "there is no ${kind}";
            value = [ ''map(select(.kind != "${kind}"))'' ];
          })
          [
            "Deployment"
            "NetworkPolicy"
            "PodDisruptionBudget"
            "Service"
            "ServiceAccount"
          ]
      )
      // {
        "Deployment other is not in the description" = [
          (on "Deployment" ''.metadata.name = "other"'')
        ];
        "the NetworkPolicy is not for its pods" = [
          (onPolicies ''.spec.podSelector.matchLabels.app = "other"'')
        ];
        "the Service is not for its pods" = [ (on "Service" ''.spec.selector.app = "other"'') ];
        "the PodDisruptionBudget is not for its pods" = [
          (on "PodDisruptionBudget" ''.spec.selector.matchLabels.app = "other"'')
        ];
        "its ports are" = [
          (onContainers ".ports[0].containerPort = 1")
          (onContainers ''.ports[0].name = "other"'')
        ];
        "the Service's ports are" = [ (on "Service" ".spec.ports[0].port = 1") ];
        "its startupProbe asks" = [
          (onContainers "del(.startupProbe)")
          (onContainers ''.startupProbe.exec.command = [ "/bin/true" ]'')
        ];
        "its livenessProbe asks" = [
          (onContainers ''(.livenessProbe.httpGet | values).path = "/"'')
          (onContainers ''(.livenessProbe.grpc | values).service = "other"'')
        ];
        "its readinessProbe asks" = [
          (onContainers ".readinessProbe |= { tcpSocket: (.httpGet // .grpc) }")
          # A port of the container, but not the one.
          (onContainers "(.readinessProbe | .httpGet, .grpc | values).port = 9090")
          (onContainers ''(.readinessProbe.httpGet | values).host = "example.org"'')
        ];
        "it does not sleep before it ends" = [
          (onContainers "del(.lifecycle)")
          (onContainers ".lifecycle.preStop.sleep.seconds = 0")
          (onContainers ''.lifecycle.preStop.exec.command = [ "/bin/true" ]'')
        ];
        "its pods are not spread over kubernetes.io/hostname" = [
          (onPods "del(.topologySpreadConstraints)")
        ];
        "its pods are not spread over topology.kubernetes.io/zone" = [
          (onPods ''.topologySpreadConstraints[].labelSelector.matchLabels.app = "other"'')
          (onPods ".topologySpreadConstraints |= .[:1]")
        ];
        "nothing is denied to it by default" = [
          ''map(select(.metadata.name != "default-deny"))''
          (onDefault ".spec.ingress = [{}]")
          (onDefault ''.spec.policyTypes = [ "Ingress" ]'')
          (onDefault ''.spec.podSelector.matchLabels.app = "other"'')
        ];
        "its policy is not for both ways" = [ (onPolicies ''.spec.policyTypes = [ "Ingress" ]'') ];
        "does not let in" = [ (onPolicies "del(.spec.ingress)") ];
        "lets in anyone on TCP metrics" = [ (onPolicies "del(.spec.ingress[]?.from)") ];
        "lets in anyone on every protocol every port" = [ (onPolicies ".spec.ingress += [{}]") ];
        "lets in {\"podSelector\"" = [
          (onPolicies "(.spec.ingress[]?.from | values) += [{ podSelector: {} }]")
        ];
        "does not let out to DNS on UDP 53" = [
          (onPolicies "(.spec.egress | values) |= map(select(.ports[0].port != 53))")
        ];
        "lets out to anyone on every protocol every port" = [ (onPolicies ".spec.egress += [{}]") ];
      };
  }
