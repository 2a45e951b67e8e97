# nix run .#reproduce: builds every program, layer and image a second time from its sources and
# compares, byte for byte. A line an output; exit 1 with the first difference named.
# (The dependencies' intermediate artifacts are inputs here: nothing of them is shipped.)
{
  lib,
  pkgs,
  services,
  packages,
  images,
  ...
}:
let
  names = builtins.attrNames services;
  outputs =
    map (name: {
      inherit name;
      drv = packages.${name};
    }) (builtins.attrNames packages)
    ++ builtins.concatMap (
      name:
      map (layer: {
        name = "layer ${layer.layerName} of image-${name}";
        drv = layer;
      }) images.${name}.layers
      ++ [
        {
          name = "image-${name}";
          drv = images.${name};
        }
      ]
    ) names
    ++ [
      {
        name = "image";
        drv = images.all;
      }
    ];

  # The recipe and not what it makes: to build this app is not to build the outputs.
  recipe = drv: builtins.unsafeDiscardOutputDependency drv.drvPath;
in
pkgs.writeShellApplication {
  name = "reproduce";
  runtimeInputs = [
    pkgs.coreutils
    pkgs.diffutils
  ];
  text = ''
    again() { # NAME DERIVATION
      local name=$1 drv=$2 out log
      out=$(nix-store --realise "$drv" 2>/dev/null) || {
        echo "$name: does not build: nix-store --realise $drv says why" >&2
        exit 1
      }
      log=$(mktemp)
      # --check builds again and compares; --keep-failed leaves the second one beside the first.
      if nix-store --realise --check --keep-failed "$drv" >/dev/null 2>"$log"; then
        rm "$log"
        echo "$name: the same again ($out)"
      elif [[ -e $out.check ]]; then
        echo "$name: differs: $(diff --recursive --brief "$out" "$out.check" | head --lines=1)" >&2
        exit 1
      else
        echo "$name: the second build failed; its log is $log" >&2
        exit 1
      fi
    }

    ${lib.concatMapStringsSep "\n" (
      { name, drv }: "again ${lib.escapeShellArg name} ${recipe drv}"
    ) outputs}
  '';
  meta.description = "Build everything again and compare it byte for byte";
}
