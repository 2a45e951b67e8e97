# A change to one service leaves the derivations of the other programs as they are; proved by
# evaluating a tree in which one file of one service is missing.
{
  lib,
  crane,
  pkgs,
  packages,
  root,
  services,
  ...
}@scope:
let
  withoutFile =
    file:
    /.
    + builtins.unsafeDiscardStringContext (
      builtins.path {
        name = "source";
        path = root;
        filter = path: _type: path != toString (root + "/${file}");
      }
    );
  changed =
    service:
    (import ../rust.nix (
      scope
      // {
        root = withoutFile "${service}/src/main.rs";
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
      in
      lib.optional (name == service && same) "a change to ${service} does not change ${name}"
      ++ lib.optional (name != service && !same) "a change to ${service} changes ${name} too"
    ) (builtins.attrNames packages)
  ) (builtins.attrNames services);
in
if errors == [ ] then
  pkgs.runCommand "isolation" { } ''touch "$out"''
else
  throw (lib.concatStringsSep "\n" errors)
