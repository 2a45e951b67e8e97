# The namespace, in which the API server itself refuses a pod that is not "restricted". The rules
# are those of the oldest supported version: an upgrade of the cluster warns before it refuses.
{ labels, ... }:
let
  oldest = builtins.head (import ../versions.nix);
in
{
  apiVersion = "v1";
  kind = "Namespace";
  metadata = {
    name = "online-books"; # ../render.jq sets it
    labels = labels.common // {
      "pod-security.kubernetes.io/enforce" = "restricted";
      "pod-security.kubernetes.io/enforce-version" = "v${oldest}";
      "pod-security.kubernetes.io/warn" = "restricted";
      "pod-security.kubernetes.io/warn-version" = "latest";
    };
  };
}
