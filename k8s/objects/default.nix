# The objects of an environment, in the order in which they are applied: what a pod needs before
# the pod. Two things are left to ../render.jq, which knows them: the namespace, and the registry
# and digest of an image (here it is the bare name).
{
  lib,
  services,
  user,
}:
environment:
let
  labels = import ../labels.nix { inherit environment; };
  scope = {
    inherit
      environment
      labels
      lib
      services
      user
      ;
    pod = import ./pod.nix scope;
  };
  concern = file: import file scope;
  each =
    file:
    let
      make = concern file;
    in
    lib.mapAttrsToList make services;
in
lib.optional environment.createNamespace (concern ./namespace.nix)
++ [ (concern ./default-deny.nix) ]
++ each ./network-policy.nix
++ each ./service-account.nix
++ each ./service.nix
++ each ./deployment.nix
++ each ./disruption-budget.nix
++ builtins.concatLists (each ./autoscaler.nix)
