# What an environment may set, in one place: a tree whose leaves are { type; default; }.
# environments/*.nix hold only what differs from the defaults.
{ lib, services }:
let
  types = import ./types.nix;
  option = type: default: { inherit type default; };
in
{
  # Where the images are. "localhost" means none: they are in the node's own store, and the node
  # never pulls. Null: whoever renders has to say.
  registry = option (types.nullOr types.registry) null;

  namespace = option types.namespace "online-books";
  # Whether the namespace is part of the objects. It then belongs to this system alone, and the
  # policy that denies everything holds for every pod in it.
  createNamespace = option types.boolean true;

  # Whether diff and deploy want the context by name, so that none is changed by accident.
  namedContext = option types.boolean true;

  # Pods of namespaces with these labels may read the metrics.
  metricsFrom = option types.labels { "kubernetes.io/metadata.name" = "monitoring"; };

  services = lib.mapAttrs (
    _: service:
    {
      # With maxReplicas the least, which an autoscaler raises; else exactly as many.
      replicas = option types.positive 3;
      maxReplicas = option (types.nullOr types.positive) null;
      # In percent of the CPU that is requested.
      cpuTarget = option types.positive 70;

      # Both services together peak at about 12 MiB under the load of sixteen visitors; each at
      # 50 MiB with all the connections that it takes, at 70 MiB when a flood of others follows.
      # The limit of CPU also decides how many threads the marketplace starts: without one, a pod
      # starts one for every two cores of the node.
      requests = {
        cpu = option types.cpu "100m";
        memory = option types.memory "32Mi";
      };
      limits = {
        cpu = option types.cpu "1";
        memory = option types.memory "96Mi";
      };

      log = option types.logFilter "info";
    }
    // lib.optionalAttrs (service.public or false) {
      # How the outside reaches it; ClusterIP where an Ingress or a Gateway stands in front.
      exposure = option (types.oneOf [
        "ClusterIP"
        "LoadBalancer"
        "NodePort"
      ]) "LoadBalancer";
    }
  ) services;
}
