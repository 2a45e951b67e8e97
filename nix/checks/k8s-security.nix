# Every pod template conforms to Pod Security's profile "restricted".
{
  k8s,
  lib,
  pkgs,
  ...
}:
import ../../k8s/rules { inherit k8s lib pkgs; } {
  name = "k8s-security";
  rules = ../../k8s/rules/security.jq;
  mutations =
    map (change: ''(.[] | select(.kind == "Deployment") | .spec.template.spec) |= (${change})'')
      [
        "del(.securityContext.runAsNonRoot)"
        "del(.securityContext.seccompProfile)"
        ".securityContext.runAsUser = 0"
        ".automountServiceAccountToken = true"
        ".hostNetwork = true"
        ".volumes = [{ name: \"host\", hostPath: { path: \"/\" } }]"
        ".containers[0].securityContext.privileged = true"
        ".containers[0].securityContext.allowPrivilegeEscalation = true"
        ".containers[0].securityContext.readOnlyRootFilesystem = false"
        "del(.containers[0].securityContext.capabilities)"
        ".containers[0].securityContext.capabilities.add = [\"SYS_ADMIN\"]"
        ".containers[0].ports[0].hostPort = 80"
      ];
}
