# The three probes, from the health contract of a service. Startup: is it up yet, asked often.
# Readiness: does it get requests. Liveness: is it stuck; slow to judge, for a restart is no help
# to a process that is merely busy. None looks at what the service calls.
service:
let
  inherit (service) health;
  # Kubernetes takes no port by name in a gRPC probe.
  handlers = {
    grpc = target: {
      grpc = {
        port = service.ports.${health.port}.number;
        service = target;
      };
    };
    http = target: {
      httpGet = {
        path = target;
        port = health.port;
      };
    };
  };
  probe =
    target: timing:
    handlers.${health.protocol} target
    // {
      timeoutSeconds = 2;
    }
    // timing;
in
{
  startupProbe = probe health.live {
    periodSeconds = 1;
    failureThreshold = 30;
  };
  readinessProbe = probe health.ready {
    periodSeconds = 5;
    failureThreshold = 2;
  };
  livenessProbe = probe health.live {
    periodSeconds = 10;
    failureThreshold = 3;
  };
}
