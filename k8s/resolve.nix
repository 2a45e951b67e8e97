# An environment's file against the options: { errors; value }. Errors are one-line messages that
# name environment, field and what was expected; value has every default filled in. Pure, so
# that a check asserts the messages; default.nix throws them.
{ lib, options }:
name: given:
let
  at = path: builtins.concatStringsSep "." path;
  message = path: text: "environment ${name}: ${if path == [ ] then "" else "${at path}: "}${text}";
  show =
    value:
    if builtins.isFunction value then
      "a function"
    else if builtins.isAttrs value then
      "a set"
    else if builtins.isList value then
      "a list"
    else
      builtins.toJSON value;

  isOption = schema: schema ? type;
  names = set: builtins.concatStringsSep ", " (builtins.attrNames set);

  errors =
    path: schema: value:
    if isOption schema then
      lib.optional (!schema.type.check value) (
        message path "expected ${schema.type.expected}, got ${show value}"
      )
    else if !builtins.isAttrs value then
      [ (message path "expected a set of ${names schema}, got ${show value}") ]
    else
      builtins.concatMap (
        field:
        if schema ? ${field} then
          errors (path ++ [ field ]) schema.${field} value.${field}
        else
          [ (message (path ++ [ field ]) "no such field; expected one of ${names schema}") ]
      ) (builtins.attrNames value);

  fill =
    schema: value:
    lib.mapAttrs (
      field: sub: if isOption sub then value.${field} or sub.default else fill sub (value.${field} or { })
    ) schema;

  # What no type of a single field can say.
  between =
    value:
    builtins.concatMap (
      service:
      let
        inherit (value.services.${service}) replicas maxReplicas;
      in
      lib.optional (maxReplicas != null && maxReplicas < replicas) (
        message [
          "services"
          service
          "maxReplicas"
        ] "expected at least replicas, which is ${toString replicas}, got ${toString maxReplicas}"
      )
    ) (builtins.attrNames value.services);

  wrong = errors [ ] options given;
  value = fill options given // {
    inherit name;
  };
in
{
  errors = if wrong != [ ] then wrong else between value;
  inherit value;
}
