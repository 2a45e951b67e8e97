# A change to one service leaves the derivations of the programs that are not made of it as they
# are; proved by evaluating trees in which one service has a file more.
{
  lib,
  crane,
  pkgs,
  rust,
  services,
  ...
}@scope:
let
  # One that cargo does not look at, and that is in no program's source: whatever files a service
  # is made of, this changes it, and not the manifests that the dependencies are built from.
  oneMore = "flake.nix";
  changed =
    service:
    (import ../rust.nix (
      scope
      // {
        filesOf = member: [ member ] ++ lib.optional (member == service) oneMore;
        craneLib = crane.mkLib pkgs;
      }
    )).packages;

  sameDerivation = left: right: left.drvPath == right.drvPath;
  errors = lib.concatMap (
    service:
    lib.concatMap (
      name:
      let
        same = sameDerivation rust.packages.${name} (changed service).${name};
        madeOfIt = builtins.elem service (rust.ingredients name);
      in
      lib.optional (madeOfIt && same) "a change to ${service} does not change ${name}"
      ++ lib.optional (!madeOfIt && !same) "a change to ${service} changes ${name} too"
    ) (builtins.attrNames rust.packages)
  ) (builtins.attrNames services);
in
if errors == [ ] then
  pkgs.runCommand "isolation" { } ''touch "$out"''
else
  throw (lib.concatStringsSep "\n" errors)
