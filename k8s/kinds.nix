# Objects -> their kinds, as kubectl takes them: KIND, or KIND.GROUP. The namespace is left out:
# this is what deploy may delete, and with the namespace would go all that others put there.
objects:
let
  kindOf =
    { apiVersion, kind, ... }:
    let
      group = builtins.match "(.*)/.*" apiVersion;
    in
    if group == null then kind else "${kind}.${builtins.head group}";
  once = builtins.groupBy kindOf objects;
in
builtins.attrNames (removeAttrs once [ "Namespace" ])
