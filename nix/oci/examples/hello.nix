# An image of two layers, made with layer.nix and image.nix alone; the check oci-examples builds
# and runs it. `contents` takes files and folders, of the source tree or made by a derivation.
{ lib, pkgs }:
let
  layer = import ../layer.nix { inherit lib pkgs; };
  image = import ../image.nix { inherit lib pkgs; };
in
image {
  name = "hello";
  layers = [
    (layer {
      name = "greeting";
      contents."/usr/share/hello/greeting" = builtins.toFile "greeting" "Hello\n";
    })
    (layer {
      name = "documentation";
      contents = {
        "/usr/share/doc/examples" = ./.;
        "/usr/share/doc/date" = pkgs.runCommand "date" { } "echo 'no date' > $out";
      };
      compression = "zstd";
    })
  ];
  config = {
    User = "65532:65532";
    Env = [ "GREETING=/usr/share/hello/greeting" ];
  };
  annotations."org.opencontainers.image.title" = "hello";
}
