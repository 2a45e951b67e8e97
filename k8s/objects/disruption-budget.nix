# Draining nodes takes one pod of a service at a time; one that is broken anyway holds up nobody.
{ labels, ... }:
name: _service: {
  apiVersion = "policy/v1";
  kind = "PodDisruptionBudget";
  metadata = {
    inherit name;
    labels = labels.of name;
  };
  spec = {
    maxUnavailable = 1;
    selector.matchLabels = labels.selector name;
    unhealthyPodEvictionPolicy = "AlwaysAllow";
  };
}
