# The images of the system, from the description and the programs:
#
#   NAME  an OCI layout, for each service
#   all   a folder with the layouts and images.json, which has for each image its digest, its
#         compressed size and its layers
{
  lib,
  pkgs,
  services,
  packages,
  user,
  ...
}:
let
  layer = import ./layer.nix { inherit lib pkgs; };
  image = import ./image.nix { inherit lib pkgs; };

  id = toString user;
  ids = "${id}:${id}";
  configOf = import ./config.nix { inherit lib; } {
    inherit services;
    user = ids;
  };

  # From stable to volatile: a change of the program ships the program.
  base = layer {
    name = "base";
    contents = {
      "/etc/passwd" = builtins.toFile "passwd" "nonroot:x:${ids}:nonroot:/:/sbin/nologin\n";
      "/etc/group" = builtins.toFile "group" "nonroot:x:${id}:\n";
    };
  };
  assets =
    service:
    layer {
      name = "assets";
      contents = builtins.listToAttrs (
        lib.mapAttrsToList (_: file: {
          name = file.path;
          value = file.source;
        }) service.files
      );
    };
  # Where the image's entrypoint is.
  program =
    name: config:
    layer {
      name = "program";
      contents.${builtins.head config.Entrypoint} = "${packages.${name}}/bin/${name}";
    };

  # No revision and no date: either would change the digest at every commit.
  workspace = (builtins.fromTOML (builtins.readFile ../../Cargo.toml)).workspace.package;
  annotations =
    name: service:
    {
      "org.opencontainers.image.title" = name;
      "org.opencontainers.image.description" = service.description;
    }
    // lib.optionalAttrs (workspace ? license) {
      "org.opencontainers.image.licenses" = workspace.license;
    }
    // lib.optionalAttrs (workspace ? repository) {
      "org.opencontainers.image.source" = workspace.repository;
    };

  images = lib.mapAttrs (
    name: service:
    let
      config = configOf name;
    in
    image {
      inherit name config;
      layers = [
        base
      ]
      ++ lib.optional (service.files != { }) (assets service)
      ++ [ (program name config) ];
      annotations = annotations name service;
    }
  ) services;
in
images // { all = import ./all.nix { inherit lib pkgs images; }; }
