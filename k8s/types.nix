# The types that an option of an environment can have: { expected; check }, where `expected`
# completes the sentence "expected …". Registry and namespace are also checked by the program
# that renders, from the same expressions.
let
  string = expected: expression: {
    inherit expected expression;
    check = value: builtins.isString value && builtins.match expression value != null;
  };
in
rec {
  registry = string "HOST[:PORT][/PATH] in lower case, like ghcr.io/owner, or localhost" (
    import ../nix/oci/registry.nix
  );
  # With a default-deny policy and Pod Security in it, so never one that the cluster itself uses.
  namespace =
    let
      label = string "a DNS label (a-z, 0-9 and -, 63 at most) that is neither default nor kube-…" "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
      reserved = "default|kube-.*";
    in
    label
    // {
      inherit reserved;
      check = value: label.check value && builtins.match reserved value == null;
    };
  cpu = string "an amount of CPU, like \"250m\" or \"1\"" "[1-9][0-9]*m?";
  memory = string "an amount of memory, like \"64Mi\"" "[1-9][0-9]*(Ki|Mi|Gi)";
  logFilter = string "a RUST_LOG filter, like \"info\"" "[A-Za-z0-9_=:,.-]+";

  boolean = {
    expected = "true or false";
    check = builtins.isBool;
  };
  positive = {
    expected = "an integer of at least 1";
    check = value: builtins.isInt value && value >= 1;
  };
  labels = {
    expected = "a set of labels, each a string";
    check =
      value:
      builtins.isAttrs value
      && value != { }
      && builtins.all builtins.isString (builtins.attrValues value);
  };
  oneOf = values: {
    expected = "one of ${builtins.concatStringsSep ", " (map builtins.toJSON values)}";
    check = value: builtins.elem value values;
  };
  nullOr = type: {
    expected = "null, or ${type.expected}";
    check = value: value == null || type.check value;
  };
}
