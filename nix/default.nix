# The project for one system: each part made from the description and the parts before it.
# Parts get the whole scope as arguments and take what they need.
{
  lib,
  pkgs,
  crane,
  system,
  # What nix/checks/third-service.nix replaces: another description, and programs besides those of
  # the workspace.
  services ? import ./services.nix,
  morePackages ? { },
}:
let
  # One attribute a NAME.nix in the folder, called with the scope.
  fromFolder =
    folder:
    lib.mapAttrs' (
      file: _: lib.nameValuePair (lib.removeSuffix ".nix" file) (import (folder + "/${file}") scope)
    ) (lib.filterAttrs (file: _: lib.hasSuffix ".nix" file) (builtins.readDir folder));

  scope = {
    inherit
      lib
      pkgs
      crane
      system
      services
      ;
    root = ../.;

    # Whom the images, and so the pods, run as: the number that "distroless" images made customary
    # for "nobody in particular".
    user = 65532;

    rust = import ./rust.nix (scope // { craneLib = crane.mkLib pkgs; });
    packages = scope.rust.packages // morePackages;
    images = import ./oci scope;
    runnable = import ./runnable.nix scope;
    stack = import ./stack scope;
    k8s = import ../k8s scope;

    apps = fromFolder ./apps;
    checks = fromFolder ./checks;
    shell = import ./shell.nix scope;
    formatter = import ./formatter.nix scope;

    # The flake's packages.
    outputs =
      scope.packages
      // {
        default = scope.apps.stack;
        image = scope.images.all;
      }
      // scope.k8s.outputs
      // lib.mapAttrs' (name: _: lib.nameValuePair "image-${name}" scope.images.${name}) scope.services;

    flakeApps = builtins.mapAttrs (_: app: {
      type = "app";
      program = lib.getExe app;
      meta = { inherit (app.meta) description; };
    }) scope.apps;
  };
in
scope
