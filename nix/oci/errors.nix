# What is wrong with the arguments of a layer or an image: lists of one-line messages, each of
# which names the culprit. Pure functions, so that a check asserts the messages without a build;
# layer.nix and image.nix throw what is found here.
#
#   layer { name, contents }         -> [ message ]
#   image { name, layers, config }   -> [ message ]    a layer as layer.nix returns it
let
  # "/usr/bin/tool" is plain; "usr/bin", "/usr//bin", "/usr/bin/" and "/usr/../bin" are not.
  # Only plain paths can be compared as strings, which is what finding overlaps relies on.
  isPlain =
    path: builtins.match "(/[^/]+)+" path != null && builtins.match ".*/[.][.]?(/.*)?" path == null;

  # A path overlaps itself and everything below it: a later layer would silently hide the file,
  # and its bytes would be shipped all the same.
  isInside =
    inner: outer: builtins.substring 0 (builtins.stringLength outer + 1) inner == "${outer}/";
  overlap = a: b: a == b || isInside a b || isInside b a;

  # Every unordered pair of a list's elements, as { a, b }.
  pairs =
    list:
    if list == [ ] then
      [ ]
    else
      let
        a = builtins.head list;
        rest = builtins.tail list;
      in
      map (b: { inherit a b; }) rest ++ pairs rest;

  pathErrors =
    owner: path: source:
    if !isPlain path then
      [ ''${owner}: "${path}" is not an absolute path of plain names, like "/usr/bin/tool"'' ]
    else if builtins.isPath source && !builtins.pathExists source then
      [ ''${owner}: "${path}": there is no ${toString source}'' ]
    else
      [ ];

  overlapsWithin =
    owner: contents:
    builtins.concatMap (
      { a, b }:
      if overlap a b then [ ''${owner}: "${a}" and "${b}" overlap'' ] else [ ]
    ) (pairs (builtins.attrNames contents));

  overlapsBetween =
    owner:
    { a, b }:
    builtins.concatMap (
      path:
      builtins.concatMap (
        other:
        if overlap path other then
          [ ''${owner}: "${path}" of layer ${a.layerName} and "${other}" of layer ${b.layerName} overlap'' ]
        else
          [ ]
      ) (builtins.attrNames b.contents)
    ) (builtins.attrNames a.contents);
in
{
  layer =
    { name, contents }:
    let
      owner = "layer ${name}";
      paths = builtins.attrNames contents;
    in
    builtins.concatMap (path: pathErrors owner path contents.${path}) paths
    ++ overlapsWithin owner contents;

  image =
    {
      name,
      layers,
      config,
    }:
    let
      owner = "image ${name}";
      user = config.User or "";
    in
    builtins.concatMap (overlapsBetween owner) (pairs layers)
    # Kubernetes refuses a user by name where it must know that it is not root (runAsNonRoot).
    ++ (
      if builtins.match "[0-9]+(:[0-9]+)?" user == null then
        [ ''${owner}: User "${user}" is not numeric, like "65532:65532"'' ]
      else
        [ ]
    );
}
