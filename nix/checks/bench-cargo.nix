# bench/cargo.json, which people without Nix measure by, says what nix/services.nix says: the same
# variables, ports and files, with the programs of cargo's target folder.
{
  pkgs,
  root,
  services,
  ...
}:
let
  file = builtins.fromJSON (builtins.readFile (root + "/bench/cargo.json"));

  fromItsFolder = builtins.replaceStrings [ (toString root) ] [ ".." ];
  project =
    name:
    let
      service = services.${name};
    in
    {
      program = "../target/release/${name}";
      inherit (service) address;
      ports = builtins.mapAttrs (_: port: { inherit (port) variable; }) service.ports;
      health = { inherit (service.health) port; };
      files = builtins.mapAttrs (_: file: {
        inherit (file) variable;
        source = fromItsFolder (toString file.source);
      }) service.files;
      calls = builtins.mapAttrs (_: call: { inherit (call) hostVariable; }) service.calls;
    };
  # Of the services that are measured.
  expected = builtins.mapAttrs (name: _: project name) file.services;
in
if file.services == expected then
  pkgs.writeText "bench-cargo" "${toString (builtins.attrNames expected)}\n"
else
  throw "bench/cargo.json: expected the services ${builtins.toJSON expected}"
