# mkDummySrc: the workspace with its manifests and nothing in its sources, so that building the
# dependencies depends on the manifests alone.
pkgs:
{ src, ... }:
let
  inherit (pkgs) lib;
  root = src.origSrc;
  members = (builtins.fromTOML (builtins.readFile (root + "/Cargo.toml"))).workspace.members;

  manifests = lib.fileset.toSource {
    inherit root;
    fileset = lib.fileset.unions (
      [
        (root + "/Cargo.toml")
        (root + "/Cargo.lock")
      ]
      ++ map (member: root + "/${member}/Cargo.toml") members
    );
  };

  stub =
    member: file: text:
    lib.optionalString (builtins.pathExists (root + "/${member}/${file}")) ''
      mkdir -p "$(dirname "$out/${member}/${file}")"
      echo '${text}' > "$out/${member}/${file}"
    '';
  # A program of src/bin is a file, or a folder with a main.rs.
  programs =
    member:
    lib.optionals (builtins.pathExists (root + "/${member}/src/bin")) (
      lib.mapAttrsToList (name: type: if type == "directory" then "${name}/main.rs" else name) (
        builtins.readDir (root + "/${member}/src/bin")
      )
    );
in
pkgs.runCommand "dummy-source" { } ''
  cp -r "${manifests}" "$out"
  chmod -R u+w "$out"
  ${lib.concatMapStringsSep "\n" (
    member:
    stub member "src/lib.rs" ""
    + stub member "src/main.rs" "fn main() {}"
    + stub member "build.rs" "fn main() {}"
    + lib.concatMapStringsSep "\n" (file: stub member "src/bin/${file}" "fn main() {}") (
      programs member
    )
  ) members}
''
