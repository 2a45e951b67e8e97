# Nothing comes in, nothing goes out, except what another policy allows. In a namespace of our
# own it holds for every pod, whoever starts it; in a shared one it leaves the neighbours alone.
{
  environment,
  labels,
  lib,
  ...
}:
{
  apiVersion = "networking.k8s.io/v1";
  kind = "NetworkPolicy";
  metadata = {
    name = "default-deny";
    labels = labels.common;
  };
  spec = {
    podSelector = lib.optionalAttrs (!environment.createNamespace) { matchLabels = labels.common; };
    policyTypes = [
      "Ingress"
      "Egress"
    ];
  };
}
