# nix run .#k8s -- [ENVIRONMENT] [--registry REGISTRY] [--namespace NAME]: the YAML.
{ k8s, ... }: k8s.render
