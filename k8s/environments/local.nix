# A cluster on the developer's machine (kind, k3s, minikube, …). The images are in the node's own
# store, so no registry is needed; docs/kubernetes.md says how they get there.
{
  registry = "localhost";
  namedContext = false;
}
