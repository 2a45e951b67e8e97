# One layer of an image, as one derivation: the same contents give the same bytes.
#
#   name         for messages and for `images.json`
#   contents     { "/path/in/the/image" = store file or folder; }
#   compression  "gzip" (which everything reads) or "zstd" (about a sixth smaller, but neither
#                docker-archive nor older tools read it)
#
# $out/blob is the compressed tar, $out/descriptor.json its { mediaType, digest, size, diffID };
# the attributes layerName and contents are what image.nix looks for overlaps in.
# Example: examples/hello.nix, which the check oci-examples builds.
{ lib, pkgs }:
let
  errors = import ./errors.nix;

  # libdeflate's gzip writes neither name nor time into the header. At this level it is five times
  # as fast as gzip -6 and leaves a twentieth less. One thread: more would cut zstd's stream into
  # blocks.
  compressors = {
    gzip = "libdeflate-gzip -6";
    zstd = "zstd --quiet --no-progress -19 --single-thread";
  };

  # Folders and programs 0755, other files 0644, owner root: what a package of Debian has. The
  # container is not root and can write none of it; a folder that its owner may not write to
  # could be neither filled nor deleted by a rootless unpack.
  #
  # --dereference: a symbolic link into the store would dangle in the image.
  # --hard-dereference: an optimised store links equal files, another does not.
  pack = pkgs.writeShellApplication {
    name = "pack-layer";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.gnutar
      pkgs.libdeflate
      pkgs.jq
      pkgs.zstd
    ];
    text = ''
      out=$1 name=$2 mediaType=$3 compressor=$4
      shift 4

      mkdir root "$out"
      while (($#)); do
        path=$1 source=$2
        shift 2
        if [[ ! -e $source ]]; then
          echo "layer $name: \"$path\": there is no $source" >&2
          exit 1
        fi
        mkdir -p "root''${path%/*}"
        ln -s "$source" "root$path"
      done

      tar --create --file=layer.tar --directory=root \
        --dereference --hard-dereference --sort=name --mtime=@1 \
        --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
        --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime .

      read -ra command <<<"$compressor"
      "''${command[@]}" <layer.tar >"$out/blob"

      digest() { sha256sum <"$1" | cut -d ' ' -f 1; }
      jq --null-input --arg mediaType "$mediaType" \
        --arg digest "sha256:$(digest "$out/blob")" --argjson size "$(stat --format=%s "$out/blob")" \
        --arg diffID "sha256:$(digest layer.tar)" \
        '{ $mediaType, $digest, $size, $diffID }' >"$out/descriptor.json"
    '';
  };
in
{
  name,
  contents,
  compression ? "gzip",
}:
let
  wrong = errors.layer { inherit name contents; };

  arguments = [
    name
    "application/vnd.oci.image.layer.v1.tar+${compression}"
    compressors.${compression}
  ]
  # "${source}" brings a path of the source tree into the store under its own contents' hash, so
  # that a change elsewhere in the tree does not reach this layer.
  ++ builtins.concatMap (path: [
    path
    "${contents.${path}}"
  ]) (builtins.attrNames contents);

  layer =
    pkgs.runCommand "layer-${name}" { }
      "${lib.getExe pack} $out ${lib.escapeShellArgs arguments}";
in
if wrong != [ ] then
  throw (lib.concatStringsSep "\n" wrong)
else
  layer
  // {
    layerName = name;
    inherit contents;
  }
