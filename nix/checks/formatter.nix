# `nix fmt` formats the whole repository, or the folder or file that is given and nothing else; a
# path that is not there is an error.
{
  formatter,
  lib,
  pkgs,
  ...
}:
let
  test = pkgs.writeShellApplication {
    name = "test-formatter";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.git
    ];
    text = ''
      ugly() {
        echo '{a,b}:a' | tee one.nix >folder/two.nix
        echo 'fn main(){ }' >folder/three.rs
      }
      # is FILE TEXT
      is() {
        [[ $(<"$1") == "$2" ]] || { echo "$1 is $(<"$1"), not $2" >&2; exit 1; }
      }
      git init --quiet
      mkdir folder

      ugly
      ${lib.getExe formatter}
      is one.nix '{ a, b }: a'
      is folder/two.nix '{ a, b }: a'
      is folder/three.rs 'fn main() {}'

      ugly
      ${lib.getExe formatter} folder
      is one.nix '{a,b}:a'
      is folder/two.nix '{ a, b }: a'
      is folder/three.rs 'fn main() {}'

      ugly
      ${lib.getExe formatter} one.nix
      is one.nix '{ a, b }: a'
      is folder/two.nix '{a,b}:a'

      if ${lib.getExe formatter} nowhere; then
        echo "a path that is not there is no error" >&2
        exit 1
      fi
    '';
  };
in
pkgs.runCommand "formatter" { } ''
  export HOME=$PWD
  ${lib.getExe test}
  touch "$out"
''
