# Objects as k8s/objects leaves them, into what is applied: the namespace is set, and an image
# NAME becomes REGISTRY/NAME@DIGEST. Arguments: registry, namespace, images (of images.json).
def pinned:
  .image as $name
  | ($images[0][$name].digest // error("there is no image \($name)")) as $digest
  | .image = "\($registry)/\($name)@\($digest)"
  # A digest never changes what it means, so pulling it once is enough. Without a registry the
  # image must be on the node: Never says so, instead of trying to reach a host named localhost.
  | .imagePullPolicy = if $registry == "localhost" then "Never" else "IfNotPresent" end;

map(
  if .kind == "Namespace" then .metadata.name = $namespace
  else .metadata.namespace = $namespace end
  | if .kind == "Deployment" then .spec.template.spec.containers |= map(pinned) else . end
)
