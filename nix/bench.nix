# The services as `bench` and `soak` read them (bench/src/description.rs): their description, with
# the store paths of programs and files.
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
