# The Service that a name stands for. A service that only others of the system call is headless:
# its name gives the addresses of all ready pods, and the callers balance over them. Behind a
# ClusterIP, the one long-lived HTTP/2 connection of a gRPC client would go to one pod and stay.
# It keeps the original's name and port rather than getting a second Service beside it, so that
# RECOMMENDATIONS_HOST=recommendations is right for every client; one that does not balance
# connects to the first address, as it would have behind a ClusterIP.
{
  environment,
  labels,
  lib,
  ...
}:
name: service:
let
  isPublic = service.public or false;
  # What each protocol is called for proxies and meshes; h2c is HTTP/2 without TLS.
  appProtocol = {
    grpc = "kubernetes.io/h2c";
    http = "http";
  };
in
{
  apiVersion = "v1";
  kind = "Service";
  metadata = {
    inherit name;
    labels = labels.of name;
  };
  spec = {
    selector = labels.selector name;
    # Metrics are read from each pod, not from one of them by chance.
    ports = lib.mapAttrsToList (
      port:
      { number, ... }:
      {
        name = port;
        protocol = "TCP";
        port = number;
        targetPort = port;
      }
      // lib.optionalAttrs (appProtocol ? ${port}) { appProtocol = appProtocol.${port}; }
    ) (removeAttrs service.ports [ "metrics" ]);
  }
  // (
    if isPublic then { type = environment.services.${name}.exposure; } else { clusterIP = "None"; }
  );
}
