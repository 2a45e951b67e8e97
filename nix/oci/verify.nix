# verify-layout LAYOUT: recomputes everything that an OCI layout claims about itself from its
# bytes: digest and size of every blob, the digests of the unpacked layers. Exit 1 with one line
# that names the first claim that does not hold.
{ pkgs }:
pkgs.writeShellApplication {
  name = "verify-layout";
  runtimeInputs = [
    pkgs.coreutils
    pkgs.gzip
    pkgs.jq
    pkgs.zstd
  ];
  text = ''
    layout=$1
    fail() {
      echo "$layout: $*" >&2
      exit 1
    }
    digest() { printf 'sha256:%s' "$(sha256sum | cut -d ' ' -f 1)"; }

    # Prints the path of the blob that descriptor $1 names.
    blob() {
      digest=$(jq --raw-output .digest <<<"$1")
      size=$(jq --raw-output .size <<<"$1")
      file=$layout/blobs/sha256/''${digest#sha256:}
      [[ -e $file ]] || fail "blob $digest is missing"
      actual=$(digest <"$file")
      [[ $actual == "$digest" ]] || fail "blob $digest has the digest $actual"
      actual=$(stat --dereference --format=%s "$file")
      [[ $actual == "$size" ]] || fail "blob $digest has $actual bytes, not $size"
      echo "$file"
    }

    version=$(jq --raw-output .imageLayoutVersion "$layout/oci-layout")
    [[ $version == 1.0.0 ]] || fail "layout version $version, not 1.0.0"
    entries=$(jq '.manifests | length' "$layout/index.json")
    [[ $entries == 1 ]] || fail "$entries entries in index.json, not 1"

    manifest=$(blob "$(jq '.manifests[0]' "$layout/index.json")")
    config=$(blob "$(jq .config "$manifest")")

    count=$(jq '.layers | length' "$manifest")
    claimed=$(jq '.rootfs.diff_ids | length' "$config")
    [[ $count == "$claimed" ]] || fail "$count layers, but $claimed diff_ids"
    for ((i = 0; i < count; i++)); do
      layer=$(jq ".layers[$i]" "$manifest")
      file=$(blob "$layer")
      case $(jq --raw-output .mediaType <<<"$layer") in
      *.tar+gzip) unpacked=$(gzip --decompress --stdout <"$file" | digest) ;;
      *.tar+zstd) unpacked=$(zstd --quiet --decompress --stdout <"$file" | digest) ;;
      *) fail "layer $i has an unknown media type" ;;
      esac
      claimed=$(jq --raw-output ".rootfs.diff_ids[$i]" "$config")
      [[ $unpacked == "$claimed" ]] || fail "layer $i unpacks to $unpacked, not $claimed"
    done

    expected=$(jq --raw-output '[.config.digest, .layers[].digest] | unique | length + 1' "$manifest")
    blobs=("$layout"/blobs/sha256/*)
    [[ ''${#blobs[@]} == "$expected" ]] || fail "''${#blobs[@]} blobs, but the image has $expected"
  '';
}
