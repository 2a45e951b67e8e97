# nix run .#bench -- [--quick] [--rounds N] [--json FILE] [--compare URL] [--strict]: the figures of
# the system on this machine, as a table, and in a file (bench.json) with every round. A target
# that is not met shows in the table; only --strict makes it an exit code.
{
  images,
  lib,
  packages,
  pkgs,
  runnable,
  services,
  stack,
  ...
}:
let
  # What a change of a program builds again: the layer that it is in, and the image.
  steps = image: builtins.filter (layer: layer.layerName == "program") image.layers ++ [ image ];
  # The recipe and not what it makes: Nix is asked to build it while the time is taken.
  recipe = drv: builtins.unsafeDiscardOutputDependency drv.drvPath;

  system = pkgs.writeText "bench.json" (
    builtins.toJSON {
      services = runnable;
      fixedShop = "${packages.bench}/bin/fixed-shop";
      stack = lib.getExe stack.package;
      images = builtins.mapAttrs (name: _: {
        layout = "${images.${name}}";
        steps = map recipe (steps images.${name});
      }) services;
    }
  );
in
pkgs.writeShellApplication {
  name = "bench";
  runtimeInputs = [
    pkgs.nghttp2
    pkgs.wrk
  ];
  text = ''exec ${packages.bench}/bin/bench --system ${system} "$@"'';
  meta.description = "Measure speed, memory, sizes and start";
}
