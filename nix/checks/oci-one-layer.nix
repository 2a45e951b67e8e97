# What a change ships: other bytes of one program, or one more line in a template, give exactly
# one other layer of exactly one image. (That a change to one service's source leaves the other's
# program as it is, isolation proves.)
{
  lib,
  pkgs,
  services,
  packages,
  images,
  ...
}@scope:
let
  imagesWith = change: (import ../oci (scope // change)).all;

  changedProgram = imagesWith {
    packages = packages // {
      marketplace = pkgs.runCommand "changed-program" { } ''
        mkdir -p $out/bin
        { cat ${packages.marketplace}/bin/marketplace; echo changed; } > $out/bin/marketplace
        chmod 555 $out/bin/marketplace
      '';
    };
  };
  changedTemplates = imagesWith {
    services = lib.recursiveUpdate services {
      marketplace.files.templates.source = pkgs.runCommand "changed-templates" { } ''
        cp -r ${services.marketplace.files.templates.source} $out
        chmod -R u+w $out
        files=($out/*)
        echo >> "''${files[0]}"
      '';
    };
  };

  check = pkgs.writeShellApplication {
    name = "check-oci-one-layer";
    runtimeInputs = [ pkgs.jq ];
    text = ''
      # CHANGE BEFORE AFTER EXPECTED, the last as "IMAGE LAYER"
      changed=$(jq --raw-output --slurp '
        . as [$before, $after] | $before | to_entries[] | .key as $image | .value.layers | to_entries[]
        | select(.value != $after[$image].layers[.key]) | "\($image) \(.value.name)"
      ' "$2/images.json" "$3/images.json")
      if [[ $changed != "$4" ]]; then
        echo "$1 changes \"$changed\" and not \"$4\"" >&2
        exit 1
      fi
      echo "$1 changes $changed, and nothing else"
    '';
  };
in
pkgs.runCommand "oci-one-layer" { } ''
  ${lib.getExe check} "another program" ${images.all} ${changedProgram} "marketplace program"
  ${lib.getExe check} "another template" ${images.all} ${changedTemplates} "marketplace assets"
  touch $out
''
