# The part of nixpkgs' lib that this repository uses, with the same meaning.
let
  inherit (builtins)
    attrNames
    concatStringsSep
    filter
    listToAttrs
    map
    match
    removeAttrs
    replaceStrings
    stringLength
    substring
    ;

  lib = {
    inherit (builtins) concatMap concatStringsSep mapAttrs;

    genAttrs =
      names: f:
      listToAttrs (
        map (name: {
          inherit name;
          value = f name;
        }) names
      );
    filterAttrs = keep: set: removeAttrs set (filter (name: !(keep name set.${name})) (attrNames set));
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    mapAttrs' = f: set: listToAttrs (lib.mapAttrsToList f set);
    nameValuePair = name: value: { inherit name value; };
    recursiveUpdate =
      left: right:
      left
      // builtins.mapAttrs (
        name: value:
        if builtins.isAttrs value && builtins.isAttrs (left.${name} or null) then
          lib.recursiveUpdate left.${name} value
        else
          value
      ) right;

    optional = condition: value: if condition then [ value ] else [ ];
    optionals = condition: list: if condition then list else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    optionalString = condition: string: if condition then string else "";

    concatMapStringsSep =
      separator: f: list:
      concatStringsSep separator (map f list);
    hasPrefix = prefix: string: substring 0 (stringLength prefix) string == prefix;
    hasSuffix =
      suffix: string:
      let
        start = stringLength string - stringLength suffix;
      in
      start >= 0 && substring start (stringLength suffix) string == suffix;
    removeSuffix =
      suffix: string:
      if lib.hasSuffix suffix string then
        substring 0 (stringLength string - stringLength suffix) string
      else
        string;
    escapeShellArg =
      value:
      let
        string = toString value;
      in
      if match "[[:alnum:],._+:@%/-]+" string != null then
        string
      else
        "'${replaceStrings [ "'" ] [ "'\\''" ] string}'";
    escapeShellArgs = lib.concatMapStringsSep " " lib.escapeShellArg;
    getExe = package: "${package}/bin/${package.meta.mainProgram}";
    makeBinPath = lib.concatMapStringsSep ":" (package: "${package}/bin");

    fileset = import ./fileset.nix lib;
  };
in
lib
