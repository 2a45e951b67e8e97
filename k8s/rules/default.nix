# A check of every environment's YAML by rules in jq: it fails when the rules find something, and
# also when one of the mutations (jq filters on the objects, each of which breaks one thing) is
# not found: a rule that cannot fail proves nothing.
{
  lib,
  pkgs,
  k8s,
}:
{
  name,
  rules,
  mutations,
  # jq options that give the rules their arguments, as shell text
  arguments ? "",
}:
let
  check = pkgs.writeShellApplication {
    name = "check-${name}";
    runtimeInputs = [
      pkgs.jq
      pkgs.yq
      k8s.render
    ];
    text = ''
      arguments=(${arguments})
      findings() { jq --raw-output "''${arguments[@]}" --from-file ${rules} | jq --raw-output '.[]'; }

      for environment in ${lib.escapeShellArgs (builtins.attrNames k8s.environments)}; do
        objects=$(k8s "$environment" --registry registry.test/books | yq --slurp .)
        found=$(findings <<<"$objects")
        if [[ -n $found ]]; then
          echo "environment $environment: $found" >&2
          exit 1
        fi
      done

      mutations=(${lib.escapeShellArgs mutations})
      for mutation in "''${mutations[@]}"; do
        found=$(jq "$mutation" <<<"$objects" | findings)
        if [[ -z $found ]]; then
          echo "not noticed: $mutation" >&2
          exit 1
        fi
        echo "noticed: $mutation: $found"
      done
    '';
  };
in
pkgs.runCommand name { } ''
  ${lib.getExe check}
  touch $out
''
