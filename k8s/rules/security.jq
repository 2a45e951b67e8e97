# Objects -> what in their pod templates Pod Security's profile "restricted" refuses (as of 1.37),
# and what we ask beyond it: a read-only root and no token. A list of one-line messages.
def capabilities: .securityContext.capabilities // {};
[ .[] | select(.kind == "Deployment") | .metadata.name as $name | .spec.template.spec
  | (.securityContext // {}) as $pod
  | ( if .hostNetwork or .hostPID or .hostIPC then "shares a namespace of the host" else empty end,
      if .automountServiceAccountToken != false then "mounts a token" else empty end,
      if any(.volumes[]?; keys - ["name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
          "persistentVolumeClaim", "projected", "secret"] != []) then "has a volume of a forbidden type" else empty end,
      ( .containers + (.initContainers // []) | .[] | (.securityContext // {}) as $own
        | if $own.privileged then "is privileged" else empty end,
          if $own.allowPrivilegeEscalation != false then "allows privilege escalation" else empty end,
          if (capabilities.drop // []) | index("ALL") == null then "keeps capabilities" else empty end,
          if (capabilities.add // []) - ["NET_BIND_SERVICE"] != [] then "adds capabilities" else empty end,
          if $own.readOnlyRootFilesystem != true then "can write to its root" else empty end,
          if ($own.runAsNonRoot // $pod.runAsNonRoot) != true or $own.runAsNonRoot == false then "may run as root" else empty end,
          if ($own.runAsUser // $pod.runAsUser) == 0 then "runs as user 0" else empty end,
          if ($own.seccompProfile // $pod.seccompProfile // {}).type | IN("RuntimeDefault", "Localhost") | not then "has no seccomp profile" else empty end,
          if ($own.procMount // "Default") != "Default" then "unmasks /proc" else empty end,
          if any(.ports[]?; .hostPort) then "takes a port of the host" else empty end ) )
  | "Deployment \($name): \(.)" ]
