# Every mistake in the arguments of a layer or an image is an error at evaluation that names it.
# Pure: nothing is built but the verdict.
{ lib, pkgs, ... }:
let
  errors = import ../oci/errors.nix;
  layer = import ../oci/layer.nix { inherit lib pkgs; };
  image = import ../oci/image.nix { inherit lib pkgs; };

  file = builtins.toFile "file" "";
  contentsErrors =
    contents:
    errors.layer {
      name = "app";
      inherit contents;
    };
  fake = layerName: paths: {
    inherit layerName;
    contents = lib.genAttrs paths (_: file);
  };
  imageErrors =
    user: layers:
    errors.image {
      name = "shop";
      inherit layers;
      config = lib.optionalAttrs (user != null) { User = user; };
    };
  notAbsolute = path: [
    ''layer app: "${path}" is not an absolute path of plain names, like "/usr/bin/tool"''
  ];
  overlapping =
    a: b:
    imageErrors "65532:65532" [
      (fake "base" [
        "/etc/passwd"
        a
      ])
      (fake "app" [ b ])
    ];
  notNumeric = user: [ ''image shop: User "${user}" is not numeric, like "65532:65532"'' ];

  cases = {
    "a relative path" = {
      expected = notAbsolute "usr/bin/tool";
      actual = contentsErrors { "usr/bin/tool" = file; };
    };
    "a path with dots" = {
      expected = notAbsolute "/usr/../tool";
      actual = contentsErrors { "/usr/../tool" = file; };
    };
    "a path with a slash at its end" = {
      expected = notAbsolute "/usr/";
      actual = contentsErrors { "/usr/" = file; };
    };
    "the root itself" = {
      expected = notAbsolute "/";
      actual = contentsErrors { "/" = file; };
    };
    "a source that is not there" = {
      expected = [ ''layer app: "/tool": there is no ${toString ./absent}'' ];
      actual = contentsErrors { "/tool" = ./absent; };
    };
    "a path below another in one layer" = {
      expected = [ ''layer app: "/usr/share" and "/usr/share/shop" overlap'' ];
      actual = contentsErrors {
        "/usr/share" = file;
        "/usr/share/shop" = file;
      };
    };
    "two mistakes" = {
      expected = notAbsolute "a" ++ notAbsolute "b";
      actual = contentsErrors {
        a = file;
        b = file;
      };
    };
    "one path in two layers" = {
      expected = [ ''image shop: "/tool" of layer base and "/tool" of layer app overlap'' ];
      actual = overlapping "/tool" "/tool";
    };
    "a path below another's" = {
      expected = [
        ''image shop: "/usr/share" of layer base and "/usr/share/shop" of layer app overlap''
      ];
      actual = overlapping "/usr/share" "/usr/share/shop";
    };
    "a path above another's" = {
      expected = [
        ''image shop: "/usr/share/shop" of layer base and "/usr/share" of layer app overlap''
      ];
      actual = overlapping "/usr/share/shop" "/usr/share";
    };
    "a name that another's begins with" = {
      expected = [ ];
      actual = overlapping "/usr/share/shop" "/usr/share/shopping";
    };
    "a user by name" = {
      expected = notNumeric "nonroot";
      actual = imageErrors "nonroot" [ ];
    };
    "no user" = {
      expected = notNumeric "";
      actual = imageErrors null [ ];
    };
    "nothing wrong" = {
      expected = [ ];
      actual = contentsErrors { "/usr/bin/tool" = file; } ++ imageErrors "65532" [ ];
    };
    # That the messages are thrown, and not only found.
    "a layer with a mistake" = {
      expected = false;
      actual =
        (builtins.tryEval
          (layer {
            name = "app";
            contents."tool" = file;
          }).outPath
        ).success;
    };
    "an image with a mistake" = {
      expected = false;
      actual =
        (builtins.tryEval
          (image {
            name = "shop";
            layers = [ ];
            config.User = "nonroot";
          }).outPath
        ).success;
    };
  };

  failed = lib.filterAttrs (_: case: case.expected != case.actual) cases;
  report = lib.mapAttrsToList (
    name: case: "${name}: expected ${builtins.toJSON case.expected}, got ${builtins.toJSON case.actual}"
  ) failed;
in
if failed != { } then
  throw "nix/oci/errors.nix:\n${lib.concatStringsSep "\n" report}"
else
  pkgs.writeText "oci-errors" "${toString (builtins.length (builtins.attrNames cases))} cases\n"
