# A check by rules in jq, over the YAML of every environment and of the fixtures: it fails when
# the rules find something. It also fails when they do not find what a mutation (a jq filter on
# the fixtures' objects) breaks, in the words that belong to it: a rule that cannot fail proves
# nothing.
{
  lib,
  pkgs,
  k8s,
  services,
}:
{
  name,
  rules,
  # Words that have to be in the finding -> the mutations that it has to be found for
  mutations,
  # jq options that give the rules their arguments, as shell text
  arguments ? "",
}:
let
  fixtures = import ../fixtures/environments.nix { inherit lib services; };
  check = pkgs.writeShellApplication {
    name = "check-${name}";
    runtimeInputs = [
      pkgs.jq
      pkgs.yq
    ];
    text = ''
      arguments=(${arguments})
      findings() { jq --raw-output "''${arguments[@]}" --from-file ${rules} | jq --raw-output '.[]'; }

      # K8S ENVIRONMENT, and afterwards its objects are in $objects
      conforms() {
        objects=$("$1" "$2" --registry registry.test/books | yq --slurp .)
        found=$(findings <<<"$objects")
        [[ -n $found ]] || return 0
        echo "environment $2: $found" >&2
        exit 1
      }
      for environment in ${lib.escapeShellArgs (builtins.attrNames k8s.environments)}; do
        conforms ${lib.getExe k8s.render} "$environment"
      done
      for environment in bare shared scaled; do
        conforms ${lib.getExe (k8s.of fixtures).render} "$environment"
      done

      # WORDS MUTATION
      noticed() {
        found=$(jq "$2" <<<"$objects" | findings)
        if [[ $found != *"$1"* ]]; then
          echo "not noticed: $2, which should say: $1; but it says: $found" >&2
          exit 1
        fi
        echo "noticed: $2: $found"
      }
      ${lib.concatStringsSep "\n" (
        lib.mapAttrsToList (
          words:
          lib.concatMapStringsSep "\n" (
            mutation:
            "noticed ${
              lib.escapeShellArgs [
                words
                mutation
              ]
            }"
          )
        ) mutations
      )}
    '';
  };
in
pkgs.runCommand name { } ''
  ${lib.getExe check}
  touch $out
''
