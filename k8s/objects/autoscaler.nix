# The autoscaler, in environments that set maxReplicas. It keeps the least number even where the
# cluster has no metrics-server.
{
  environment,
  labels,
  lib,
  ...
}:
name: _service:
let
  settings = environment.services.${name};
in
lib.optional (settings.maxReplicas != null) {
  apiVersion = "autoscaling/v2";
  kind = "HorizontalPodAutoscaler";
  metadata = {
    inherit name;
    labels = labels.of name;
  };
  spec = {
    scaleTargetRef = {
      apiVersion = "apps/v1";
      kind = "Deployment";
      inherit name;
    };
    minReplicas = settings.replicas;
    inherit (settings) maxReplicas;
    metrics = [
      {
        type = "Resource";
        resource = {
          name = "cpu";
          target = {
            type = "Utilization";
            averageUtilization = settings.cpuTarget;
          };
        };
      }
    ];
  };
}
