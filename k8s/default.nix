# The Kubernetes side of the system, from the description and the images:
#
#   environments   NAME -> the YAML, as a derivation; one for each file in environments/
#   render         the program that prints it, with another registry or namespace if asked
#   cluster        shell text that diff and deploy begin with (cluster.nix)
#   resolve        NAME -> what an environments' file says -> { errors; value }
#   outputs        what the flake offers: k8s (that is local), k8s-NAME
#
# Images' digests are known in builds only. Here, at evaluation, an image is a name; render.jq
# puts the digest in, from images.json.
{
  lib,
  pkgs,
  services,
  images,
  ...
}:
let
  default = "local";
  options = import ./options.nix { inherit lib services; };
  resolve = import ./resolve.nix { inherit lib options; };
  objectsOf = import ./objects { inherit lib services; };

  files = lib.filterAttrs (file: _: lib.hasSuffix ".nix" file) (builtins.readDir ./environments);
  resolved = lib.mapAttrs' (
    file: _:
    let
      name = lib.removeSuffix ".nix" file;
      result = resolve name (import (./environments + "/${file}"));
    in
    lib.nameValuePair name (
      if result.errors == [ ] then result.value else throw (lib.concatStringsSep "\n" result.errors)
    )
  ) files;

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
  inherit environments render resolve;
  cluster = import ./cluster.nix {
    inherit
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
}
