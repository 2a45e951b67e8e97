# The YAML of every environment against Kubernetes' own schemas, strictly, for each supported
# version.
{
  k8s,
  lib,
  pkgs,
  ...
}:
let
  versions = map (version: "${version}.0") (import ../../k8s/versions.nix);
  check = pkgs.writeShellApplication {
    name = "check-k8s-schema";
    runtimeInputs = [
      pkgs.gnused
      pkgs.kubernetes-validate
      k8s.render
    ];
    text = ''
      for version in ${lib.escapeShellArgs versions}; do
        for environment in ${lib.escapeShellArgs (builtins.attrNames k8s.environments)}; do
          k8s "$environment" --registry registry.test/books >objects.yaml
          kubernetes-validate --kubernetes-version "$version" --strict objects.yaml
        done
        # A misspelt field has to be found.
        sed 's/readinessProbe:/readynessProbe:/' objects.yaml >broken.yaml
        if kubernetes-validate --kubernetes-version "$version" --strict broken.yaml; then
          echo "$version: a misspelt field is not noticed" >&2
          exit 1
        fi
      done
    '';
  };
in
pkgs.runCommand "k8s-schema" { } ''
  ${lib.getExe check}
  touch $out
''
