# The configuration of a service's image, from the description alone: what it runs, as whom, on
# which ports, with which environment. Pure: { services, user } -> name -> OCI `config` object.
{ lib }:
{ services, user }:
name:
let
  service = services.${name};
  variables = lib.mapAttrsToList (_: value: value);

  environment =
    # A program listens on loopback by default; in a container that would be nobody.
    [
      "${service.address}=0.0.0.0"
      "${service.drain.variable}=${toString service.drain.seconds}"
    ]
    ++ map (port: "${port.variable}=${toString port.number}") (variables service.ports)
    ++ map (file: "${file.variable}=${file.path}") (variables service.files)
    # On a network of containers, and in Kubernetes, a service is found by its own name.
    ++ builtins.concatMap (
      callee:
      let
        call = service.calls.${callee};
      in
      [
        "${call.hostVariable}=${callee}"
        "${call.portVariable}=${toString services.${callee}.ports.${call.port}.number}"
      ]
    ) (builtins.attrNames service.calls);
in
{
  User = user;
  Entrypoint = [ "/usr/local/bin/${name}" ];
  Env = builtins.sort builtins.lessThan environment;
  ExposedPorts = builtins.listToAttrs (
    map (port: {
      name = "${toString port.number}/tcp";
      value = { };
    }) (variables service.ports)
  );
  StopSignal = "SIGTERM";
}
