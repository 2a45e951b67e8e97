# Every pod template conforms to Pod Security's profile "restricted".
{
  k8s,
  lib,
  pkgs,
  services,
  ...
}:
import ../../k8s/rules
  {
    inherit
      k8s
      lib
      pkgs
      services
      ;
  }
  {
    name = "k8s-security";
    rules = ../../k8s/rules/security.jq;
    mutations =
      lib.mapAttrs
        (_: change: [ ''(.[] | select(.kind == "Deployment") | .spec.template.spec) |= (${change})'' ])
        {
          "may run as root" = "del(.securityContext.runAsNonRoot)";
          "has no seccomp profile" = "del(.securityContext.seccompProfile)";
          "runs as user 0" = ".securityContext.runAsUser = 0";
          "mounts a token" = ".automountServiceAccountToken = true";
          "shares a namespace of the host" = ".hostNetwork = true";
          "has a volume of a forbidden type" = ".volumes = [{ name: \"host\", hostPath: { path: \"/\" } }]";
          "is privileged" = ".containers[0].securityContext.privileged = true";
          "allows privilege escalation" = ".containers[0].securityContext.allowPrivilegeEscalation = true";
          "can write to its root" = ".containers[0].securityContext.readOnlyRootFilesystem = false";
          "keeps capabilities" = "del(.containers[0].securityContext.capabilities)";
          "adds capabilities" = ".containers[0].securityContext.capabilities.add = [\"SYS_ADMIN\"]";
          "unmasks /proc" = ".containers[0].securityContext.procMount = \"Unmasked\"";
          "takes a port of the host" = ".containers[0].ports[0].hostPort = 80";
        };
  }
