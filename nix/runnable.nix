# The services as they can be run on this machine: their description with what only Nix knows, the
# store paths of programs and files. The stack reads it (stack/plan.jq), and so do `bench` and
# `soak` (bench/src/description.rs).
{
  lib,
  packages,
  services,
  ...
}:
builtins.mapAttrs (
  name: service:
  service
  // {
    program = lib.getExe packages.${name};
    files = builtins.mapAttrs (_: file: file // { source = "${file.source}"; }) service.files;
  }
) services
