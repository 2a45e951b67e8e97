# Objects -> where they are not what the description says: an object that a service lacks, ports
# and probes that differ, a pod without time to leave, a policy that lets in or out others than
# the description names. A list of one-line messages. Argument: services, of the description.
def pods($name): { podSelector: { matchLabels: { app: $name } } };

# A peer of a policy, by what it is in the description; what is nothing there, as it stands.
def who:
  . as $peer
  | if . == "anyone" then .
    elif keys == ["namespaceSelector"] and (.namespaceSelector.matchLabels // {}) != {} then "other namespaces"
    elif . == { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }
         or . == { ipBlock: { cidr: "169.254.20.10/32" } } then "DNS"
    else [ $services | keys[] | select(pods(.) == $peer) ][0] // tojson end;

# Rules of a policy, each pair of a peer and a port a line. No peers or no ports mean all.
def allowed:
  [ .[]? | (.from // .to // ["anyone"])[] as $peer | (.ports // [{}])[]
    | "\($peer | who) on \(.protocol // "every protocol") \(.port // "every port")" ];
def callers($name):
  [ ( $services | to_entries[] | .value.calls[$name] as $call | select($call) | "\(.key) on TCP \($call.port)" ),
    ( $services[$name] | if .public then "anyone on TCP \(.health.port)" else empty end,
                         if .ports.metrics then "other namespaces on TCP metrics" else empty end ) ];
def callees($name):
  [ $services[$name].calls | ( to_entries[] | "\(.key) on TCP \(.value.port)" ),
                             if . == {} then empty else "DNS on UDP 53", "DNS on TCP 53" end ];
def differ($verb; $wanted): allowed as $found
  | (($found - $wanted)[] | "lets \($verb) \(.)"), (($wanted - $found)[] | "does not let \($verb) \(.)");

# What a probe asks, by the description and in a container: all but its times, ports by number.
def wanted($target):
  .ports[.health.port].number as $port
  | { grpc: { grpc: { $port, service: $target } }, http: { httpGet: { path: $target, $port } } }[.health.protocol];
def asked($ports):
  del(.initialDelaySeconds, .periodSeconds, .timeoutSeconds, .successThreshold, .failureThreshold)
  | map_values(if type == "object" and has("port") then .port |= ($ports[tostring] // .) else . end);

. as $all
| def one($kind; $name): [ $all[] | select(.kind == $kind and .metadata.name == $name) ][0];
  one("NetworkPolicy"; "default-deny") as $deny
| [ ( $all[] | select(.kind == "Deployment").metadata.name | select(in($services) | not)
      | "Deployment \(.) is not in the description" ),
    ( $services | to_entries[] | .key as $name | .value as $service | one("Deployment"; $name) as $deployment
      | $deployment.spec.template as $template | $deployment.spec.selector.matchLabels as $selector
      | ([ $template.spec.containers[]? | select(.name == $name) ][0] // {}) as $container
      | ([ $container.ports[]? | { (.name): .containerPort } ] | add // {}) as $ports
      | one("NetworkPolicy"; $name) as $policy | one("Service"; $name) as $serving
      | ( ( "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount" )
          | select(one(.; $name) == null) | "there is no \(.)" ),
        ( { NetworkPolicy: $policy.spec.podSelector.matchLabels, Service: $serving.spec.selector,
            PodDisruptionBudget: one("PodDisruptionBudget"; $name).spec.selector.matchLabels }
          | to_entries[] | select(.value != $selector) | "the \(.key) is not for its pods" ),
        ( select($ports != ($service.ports | map_values(.number))) | "its ports are \($ports)" ),
        ( [ $serving.spec.ports[]? | { (.name): .port } ] | add
          | select(. != ($service.ports | del(.metrics) | map_values(.number))) | "the Service's ports are \(.)" ),
        ( { startupProbe: $service.health.live, livenessProbe: $service.health.live, readinessProbe: $service.health.ready }
          | to_entries[] | .key as $probe | .value as $target | ($service | wanted($target)) as $wanted
          | $container[$probe] // {} | asked($ports) | select(. != $wanted) | "its \($probe) asks \(.), not \($wanted)" ),
        ( $container.lifecycle.preStop | select(. != { sleep: { seconds: ([.sleep.seconds?, 1] | max) } })
          | "it does not sleep before it ends" ),
        ( "kubernetes.io/hostname", "topology.kubernetes.io/zone"
          | select(. as $key | any($template.spec.topologySpreadConstraints[]?;
              .topologyKey == $key and .labelSelector.matchLabels == $selector) | not)
          | "its pods are not spread over \(.)" ),
        ( select($deny.spec | .ingress or .egress or .policyTypes != ["Ingress", "Egress"]
                 or ($template.metadata.labels | . != . + ($deny.spec.podSelector.matchLabels // {})))
          | "nothing is denied to it by default" ),
        ( select($policy.spec.policyTypes != ["Ingress", "Egress"]) | "its policy is not for both ways" ),
        ( $policy.spec.ingress | differ("in"; callers($name)) ),
        ( $policy.spec.egress | differ("out to"; callees($name)) )
      | "\($name): \(.)" ) ]
