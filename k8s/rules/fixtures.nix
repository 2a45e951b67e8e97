# Environments for the checks alone: what stands in ../environments, the user's own, decides
# nothing that a check expects. NAME -> what the file of an environment would say.
{ lib, services }:
{
  # The default of the program that renders, so that it has to be there.
  local.registry = "localhost";

  # Each kind of object, autoscalers too.
  scaled = {
    registry = "registry.test/books";
    services = lib.mapAttrs (_: _: { maxReplicas = 10; }) services;
  };

  # A namespace that is not ours alone.
  shared = {
    registry = "registry.test/books";
    createNamespace = false;
  };

  # Nothing set, so the registry has to be an argument.
  bare = { };
}
