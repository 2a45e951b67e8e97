# What a registry can be called, HOST[:PORT][/PATH], as an expression for builtins.match and for
# bash: the grammar of image references, in lower case. A first part without a dot or a port,
# localhost apart, would silently mean a folder of Docker Hub.
let
  label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
  port = ":[1-9][0-9]{0,4}";
  part = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";
in
"((localhost|${label}(\\.${label})+)(${port})?|${label}${port})(/${part})*"
