# The pod of a service: one container with the image, ports and probes of the description, and
# the rights of Pod Security's profile "restricted".
{
  environment,
  labels,
  lib,
  services,
  user,
  ...
}:
let
  # After the pod is told to end, other nodes, the load balancer and the callers' own lookups
  # still send to it for a while; it serves them. Then it gets SIGTERM and drains.
  preStopSeconds = 10;

  spread = name: topologyKey: {
    inherit topologyKey;
    maxSkew = 1;
    # Where there is but one node or zone, better there than nowhere.
    whenUnsatisfiable = "ScheduleAnyway";
    labelSelector.matchLabels = labels.selector name;
    # Counts the pods of one revision, or those that are on their way out would distort it.
    matchLabelKeys = [ "pod-template-hash" ];
  };
in
name: service:
let
  settings = environment.services.${name};

  # The image has these values already. They stand here because a reader of the YAML looks for
  # them, and because the original's manifest sets the host.
  environmentVariables = {
    RUST_LOG = settings.log;
  }
  // builtins.listToAttrs (
    builtins.concatLists (
      lib.mapAttrsToList (callee: call: [
        {
          name = call.hostVariable;
          value = callee;
        }
        {
          name = call.portVariable;
          value = toString services.${callee}.ports.${call.port}.number;
        }
      ]) service.calls
    )
  );
in
{
  serviceAccountName = name;
  automountServiceAccountToken = false;
  # For a Service `recommendations` they would set RECOMMENDATIONS_PORT to tcp://ADDRESS:PORT,
  # and the program wants a number there.
  enableServiceLinks = false;
  terminationGracePeriodSeconds = preStopSeconds + import ../../nix/grace.nix service;
  securityContext = {
    runAsNonRoot = true;
    runAsUser = user;
    runAsGroup = user;
    seccompProfile.type = "RuntimeDefault";
  };
  topologySpreadConstraints = map (spread name) [
    "kubernetes.io/hostname"
    "topology.kubernetes.io/zone"
  ];
  containers = [
    (
      {
        inherit name;
        image = name; # ../render.jq makes REGISTRY/NAME@DIGEST of it, and sets the pull policy
        env = lib.mapAttrsToList (name: value: { inherit name value; }) environmentVariables;
        ports = lib.mapAttrsToList (name: port: {
          inherit name;
          containerPort = port.number;
          protocol = "TCP";
        }) service.ports;
        resources = { inherit (settings) requests limits; };
        lifecycle.preStop.sleep.seconds = preStopSeconds;
        securityContext = {
          allowPrivilegeEscalation = false;
          capabilities.drop = [ "ALL" ];
          readOnlyRootFilesystem = true;
        };
      }
      // import ./probes.nix service
    )
  ];
}
