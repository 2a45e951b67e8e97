# Objects -> references between them that lead nowhere, and contradictions to the images. A list
# of one-line messages. Arguments: configs, NAME -> configuration of the image as it was built;
# drain, NAME -> seconds that the description gives it to end.
def matches($labels): to_entries | length > 0 and all(.[]; $labels[.key] == .value);
. as $all
| [ $all[] | select(.kind == "Deployment") ] as $deployments
| def selected($selector): [ $deployments[] | select(.spec.template.metadata.labels as $labels | $selector | matches($labels)) ];
  def portNames: [ .spec.template.spec.containers[].ports[]?.name ];
  def name: "\(.kind) \(.metadata.name)";
  [ ( $all[] | select(.kind == "Service") | name as $name | .spec.selector as $selector
      | selected($selector) as $found
      | if ($found | length) != 1 then "\($name) selects \($found | length) Deployments"
        else .spec.ports[].targetPort | select(type == "string" and (IN($found[0] | portNames[]) | not))
          | "\($name): port \(.) is not one of the container" end ),
    ( $all[] | select(.kind == "NetworkPolicy" and .spec.podSelector != {}) | name as $name
      | selected(.spec.podSelector.matchLabels) as $found
      | if ($found | length) == 0 then "\($name) selects no Deployment" else empty end,
        ( .spec.ingress[]?.ports[]?.port | select(type == "string" and (IN($found[] | portNames[]) | not))
          | "\($name): port \(.) is not one of the container" ),
        ( .spec.egress[]? | . as $rule | .ports[]?.port | select(type == "string") as $port
          | select([ $rule.to[].podSelector.matchLabels | selected(.)[] | portNames[] ] | index($port) == null)
          | "\($name): port \($port) is not one of the called container" ) ),
    ( $all[] | select(.kind == "PodDisruptionBudget") | name as $name
      | selected(.spec.selector.matchLabels) | select(length != 1) | "\($name) selects \(length) Deployments" ),
    ( $all[] | select(.kind == "HorizontalPodAutoscaler") | .spec.scaleTargetRef.name as $target
      | ($deployments | map(select(.metadata.name == $target))) as $found
      | if $found == [] then "\(name): there is no Deployment \($target)"
        elif $found[0].spec | has("replicas") then "\(name): the Deployment sets replicas too" else empty end ),
    ( $deployments[] | name as $name | . as $deployment | .spec.template.spec as $pod
      | ( $pod.serviceAccountName as $account
          | select(any($all[]; .kind == "ServiceAccount" and .metadata.name == $account) | not)
          | "\($name): there is no ServiceAccount \($account)" ),
        ( select((.spec.selector.matchLabels | matches($deployment.spec.template.metadata.labels)) | not)
          | "\($name) does not select its own pods" ),
        ( $pod.containers[] | . as $container | ($configs[.name].config // {}) as $config
          | ( .startupProbe, .readinessProbe, .livenessProbe | (.grpc // .httpGet // {}).port as $port
              | select(any($container.ports[]; .name == $port or .containerPort == $port) | not)
              | "\($name): a probe asks port \($port), which is not one of the container" ),
            ( select([ .ports[] | "\(.containerPort)/tcp" ] | sort != ($config.ExposedPorts // {} | keys))
              | "\($name): its ports are not those of the image" ),
            ( select("\($pod.securityContext.runAsUser):\($pod.securityContext.runAsGroup)" != $config.User)
              | "\($name): its user is not that of the image" ),
            ( .env[] | select(.name != "RUST_LOG") | "\(.name)=\(.value)" | select(IN($config.Env[]?) | not)
              | "\($name): the image does not have \(.)" ),
            ( select($pod.terminationGracePeriodSeconds <= .lifecycle.preStop.sleep.seconds + ($drain[$container.name] // 0))
              | "\($name): ends before it has drained" ) ) ) ]
