# A change to one service leaves the derivations of the programs that are not made of it as they
# are; proved by evaluating trees in which one service's modules are missing.
{
  lib,
  crane,
  pkgs,
  packages,
  rust,
  services,
  ...
}@scope:
let
  # Without the service's own modules; its main.rs and lib.rs stay, because that there is such a
  # file is part of what the dependencies are built from.
  withoutModules =
    service: member:
    if member == service then
      map (file: "${service}/${file}") [
        "Cargo.toml"
        "src/lib.rs"
        "src/main.rs"
      ]
    else
      [ member ];
  changed =
    service:
    (import ../rust.nix (
      scope
      // {
        filesOf = withoutModules service;
        craneLib = crane.mkLib pkgs;
      }
    )).packages;

  sameDerivation = left: right: left.drvPath == right.drvPath;
  errors = lib.concatMap (
    service:
    lib.concatMap (
      name:
      let
        same = sameDerivation packages.${name} (changed service).${name};
        madeOfIt = builtins.elem service (rust.ingredients name);
      in
      lib.optional (madeOfIt && same) "a change to ${service} does not change ${name}"
      ++ lib.optional (!madeOfIt && !same) "a change to ${service} changes ${name} too"
    ) (builtins.attrNames packages)
  ) (builtins.attrNames services);
in
if errors == [ ] then
  pkgs.runCommand "isolation" { } ''touch "$out"''
else
  throw (lib.concatStringsSep "\n" errors)
