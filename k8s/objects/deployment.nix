# The Deployment. An update loses no request: a new pod is ready before an old one goes
# (maxUnavailable 0), and the old one serves on until nobody sends to it (pod.nix).
{
  environment,
  labels,
  lib,
  pod,
  ...
}:
name: service:
let
  settings = environment.services.${name};
in
{
  apiVersion = "apps/v1";
  kind = "Deployment";
  metadata = {
    inherit name;
    labels = labels.of name;
  };
  spec = {
    selector.matchLabels = labels.selector name;
    strategy = {
      type = "RollingUpdate";
      rollingUpdate = {
        maxSurge = 1;
        maxUnavailable = 0;
      };
    };
    # Time for load balancers to take a new pod in before the next old one goes.
    minReadySeconds = 5;
    progressDeadlineSeconds = 180;
    revisionHistoryLimit = 5;
    template = {
      metadata = {
        labels = labels.of name;
        annotations = lib.optionalAttrs (service.ports ? metrics) {
          "prometheus.io/port" = toString service.ports.metrics.number;
          "prometheus.io/scrape" = "true";
        };
      };
      spec = pod name service;
    };
  }
  # Where there is an autoscaler, the number is its own: if it stood here too, every apply would
  # scale back to it.
  // lib.optionalAttrs (settings.maxReplicas == null) { inherit (settings) replicas; };
}
