# What the images weigh together, as compressed layers: a dependency that doubles a program
# should be a decision, not a surprise. A third service brings room for itself.
{
  lib,
  pkgs,
  services,
  images,
  ...
}:
let
  # Bytes: 3 MB for each image on average.
  budget = 3 * 1000 * 1000 * builtins.length (builtins.attrNames services);
  check = pkgs.writeShellApplication {
    name = "check-oci-size";
    runtimeInputs = [ pkgs.jq ];
    text = ''
      budget=$1 images=$2
      total=$(jq '[ .[].size ] | add' "$images")
      jq --raw-output 'to_entries[] | "\(.key): \(.value.size) bytes"' "$images"
      echo "together: $total of $budget bytes"
      if ((total > budget)); then
        echo "the images are $((total - budget)) bytes over their budget of $budget" >&2
        exit 1
      fi
    '';
  };
in
pkgs.runCommand "oci-size" { } ''
  ${lib.getExe check} ${toString budget} ${images.all}/images.json | tee $out
''
