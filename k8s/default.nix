# The Kubernetes side of the system, from the description and the images:
#
#   environments   NAME -> the YAML, as a derivation; one for each file in environments/
#   render         the program that prints it, with another registry or namespace if asked
#   cluster        shell text that diff and deploy begin with (cluster.nix)
#   outputs        what the flake offers: k8s (that is local), k8s-NAME
#   of             the same for other environments, NAME -> what a file would say
#
# Images' digests are known in builds only. Here, at evaluation, an image is a name; render.jq
# puts the digest in, from images.json.
{
  lib,
  pkgs,
  services,
  images,
  user,
  ...
}:
let
  default = "local";
  options = import ./options.nix { inherit lib services; };
  resolve = import ./resolve.nix { inherit lib options; };
  objectsOf = import ./objects { inherit lib services user; };

  resolveAll = lib.mapAttrs (
    name: given:
    let
      result = resolve name given;
    in
    if result.errors == [ ] then result.value else throw (lib.concatStringsSep "\n" result.errors)
  );

  # An environment with all that one can have. Something of it may be in the cluster still when
  # no environment has it any more.
  fullest = resolveAll {
    fullest.services = lib.mapAttrs (_: _: {
      replicas = 1;
      maxReplicas = 1;
    }) services;
  };

  of =
    given:
    let
      resolved = resolveAll given;
      kinds = import ./kinds.nix (
        builtins.concatMap objectsOf (builtins.attrValues (fullest // resolved))
      );
      render = import ./render.nix {
        inherit
          default
          images
          lib
          objectsOf
          pkgs
          resolved
          ;
      };
      environments = lib.mapAttrs (
        name: _: pkgs.runCommand "k8s-${name}.yaml" { } "${lib.getExe render} ${name} >$out"
      ) resolved;
    in
    {
      inherit environments render;
      cluster = import ./cluster.nix {
        inherit
          kinds
          lib
          pkgs
          render
          resolved
          ;
      };
      # An environment whose registry is an argument has no file before there is one.
      outputs = {
        k8s = environments.${default};
      }
      // lib.mapAttrs' (name: _: lib.nameValuePair "k8s-${name}" environments.${name}) (
        lib.filterAttrs (_: environment: environment.registry != null) resolved
      );
    };

  files = lib.filterAttrs (file: _: lib.hasSuffix ".nix" file) (builtins.readDir ./environments);
in
of (
  lib.mapAttrs' (
    file: _: lib.nameValuePair (lib.removeSuffix ".nix" file) (import (./environments + "/${file}"))
  ) files
)
// {
  inherit of;
}
