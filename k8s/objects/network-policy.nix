# What a service's pods may do, from the description: who calls whom, on which port. Probes need
# no rule, since traffic of a pod's own node is always let in.
{
  environment,
  labels,
  lib,
  services,
  ...
}:
name: service:
let
  tcp = port: {
    protocol = "TCP";
    inherit port;
  };
  pods = service: { podSelector.matchLabels = labels.selector service; };

  # The ports that a caller names, with that caller.
  calledBy = builtins.concatLists (
    lib.mapAttrsToList (
      caller: description:
      lib.optional (description.calls ? ${name}) {
        from = [ (pods caller) ];
        ports = [ (tcp description.calls.${name}.port) ];
      }
    ) services
  );

  # A load balancer may come with its own or with the visitor's address, so from anywhere.
  fromOutside = lib.optional (service.public or false) { ports = [ (tcp service.health.port) ]; };

  fromMetrics = lib.optional (service.ports ? metrics) {
    from = [ { namespaceSelector.matchLabels = environment.metricsFrom; } ];
    ports = [ (tcp "metrics") ];
  };

  # A named port in an egress rule is looked up in the pod that is called.
  toCallees = lib.mapAttrsToList (callee: call: {
    to = [ (pods callee) ];
    ports = [ (tcp call.port) ];
  }) service.calls;

  # Only who calls needs names. The address is that of NodeLocal DNSCache, which answers on the
  # node itself; link-local, it leads nowhere where there is none.
  toDNS = lib.optional (service.calls != { }) {
    to = [
      {
        namespaceSelector.matchLabels."kubernetes.io/metadata.name" = "kube-system";
        podSelector.matchLabels.k8s-app = "kube-dns";
      }
      { ipBlock.cidr = "169.254.20.10/32"; }
    ];
    ports = [
      {
        protocol = "UDP";
        port = 53;
      }
      (tcp 53)
    ];
  };
in
{
  apiVersion = "networking.k8s.io/v1";
  kind = "NetworkPolicy";
  metadata = {
    inherit name;
    labels = labels.of name;
  };
  spec = {
    podSelector.matchLabels = labels.selector name;
    policyTypes = [
      "Ingress"
      "Egress"
    ];
  }
  # The API server drops an empty list, and each apply would be a change.
  // lib.filterAttrs (_: rules: rules != [ ]) {
    ingress = calledBy ++ fromOutside ++ fromMetrics;
    egress = toCallees ++ toDNS;
  };
}
