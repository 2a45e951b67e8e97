# The members of the workspace, read from its manifests:
#
#   members      their names, which are their folders'
#   manifests    NAME -> its Cargo.toml
#   version      of them all
#   binaries     NAME -> the programs that it has
#   ingredients  NAME -> the members that it is made of
{ lib, root }:
let
  manifest = builtins.fromTOML (builtins.readFile (root + "/Cargo.toml"));
  inherit (manifest.workspace) members;
  manifests = lib.genAttrs members (
    member: builtins.fromTOML (builtins.readFile (root + "/${member}/Cargo.toml"))
  );

  # A member's name as a crate's dependency, to its folder.
  memberOf = builtins.listToAttrs (
    map (member: {
      inherit (manifests.${member}.package) name;
      value = member;
    }) members
  );
  direct =
    member:
    map (name: memberOf.${name}) (
      builtins.filter (name: memberOf ? ${name}) (
        builtins.attrNames (manifests.${member}.dependencies or { })
      )
    );
in
{
  inherit manifests members;
  inherit (manifest.workspace.package) version;

  # By cargo's rule for where they are.
  binaries =
    member:
    lib.optional (builtins.pathExists (root + "/${member}/src/main.rs")) member
    ++ lib.optionals (builtins.pathExists (root + "/${member}/src/bin")) (
      map (lib.removeSuffix ".rs") (builtins.attrNames (builtins.readDir (root + "/${member}/src/bin")))
    );

  # Itself, and what it depends on, and so on.
  ingredients =
    member:
    map (node: node.key) (
      builtins.genericClosure {
        startSet = [ { key = member; } ];
        operator = node: map (key: { inherit key; }) (direct node.key);
      }
    );
}
