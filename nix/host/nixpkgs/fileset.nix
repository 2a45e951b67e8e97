# lib.fileset, for file sets that are unions of files and folders. A set is a list of paths.
lib:
let
  inherit (builtins)
    any
    concatLists
    isList
    pathExists
    ;

  toList =
    set:
    if isList set then
      set
    else if pathExists set then
      [ set ]
    else
      throw "lib.fileset: ${toString set} does not exist";
in
{
  unions = sets: concatLists (map toList sets);

  # The store path keeps the root that it was made from: mkDummySrc of the stand-in for crane
  # looks there at evaluation, where reading the store path would be a build.
  toSource =
    { root, fileset }:
    let
      wanted = map toString (toList fileset);
      # What is wanted, what lies in it, and the folders that lead to it.
      keep =
        path: _type:
        any (want: path == want || lib.hasPrefix "${want}/" path || lib.hasPrefix "${path}/" want) wanted;
    in
    {
      origSrc = root;
      outPath = builtins.path {
        name = "source";
        path = root;
        filter = keep;
      };
    };
}
