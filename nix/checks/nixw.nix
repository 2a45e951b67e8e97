# nixw, with a Nix that only prints what it was called with: which commands take the host's inputs
# and where, which are passed on, and that a choice of inputs is kept whole or not at all.
{
  pkgs,
  root,
  ...
}:
let
  # Says which Nix it is; can reach no input; prints every other command.
  nix = pkgs.writeShellApplication {
    name = "nix";
    text = ''
      case "$*" in
        --version) echo "nix (Nix) 2.26.3" ;;
        show-config) echo "substituters = none" ;;
        "flake archive --json --dry-run"*) exit 1 ;;
        "flake prefetch "*)
          # Another nixw would read it at this moment, and this one may be interrupted.
          if compgen -G "$XDG_CACHE_HOME/nixw/inputs-*"; then touch kept-too-early; fi
          exit 1
          ;;
        *) printf '%s\n' "$*" ;;
      esac
    '';
  };
  # That it is there is all that is asked of it.
  dpkg-query = pkgs.writeShellApplication {
    name = "dpkg-query";
    text = "exit 1";
  };

  test = pkgs.writeShellApplication {
    name = "test-nixw";
    runtimeInputs = [
      nix
      pkgs.coreutils
      pkgs.findutils
      pkgs.gawk
      pkgs.gnugrep
      pkgs.gnused
    ];
    text = ''
      mkdir --parents repository/nix/host
      cp ${root + "/nixw"} repository/nixw
      cp ${root + "/flake.lock"} repository/flake.lock
      # Instead of what installs tools on a machine.
      cat > repository/nix/host/prepare.sh <<'END'
      prepare() { machine=/machine; }
      host_settings() { :; }
      END
      export HOME=$PWD XDG_CACHE_HOME=$PWD/cache

      # expect TEXT COMMAND...: what nixw calls Nix with; OVERRIDES stands for those of nix/host
      expect() {
        local expected=$1 called host=path:$PWD/repository/nix/host
        shift
        expected=''${expected/OVERRIDES/--override-input nixpkgs $host/nixpkgs --override-input nixpkgs/machine path:/machine --override-input crane $host/crane}
        called=$(sh repository/nixw "$@" 2> messages) || true
        [[ $called == "$expected" ]] && return
        printf 'nixw %s\n  called  %s\n  and not %s\n' "$*" "$called" "$expected" >&2
        cat messages >&2
        exit 1
      }

      # Without Debian's tools there is nothing to put in the inputs' place.
      expect "run .#stack" run .#stack
      export PATH=${dpkg-query}/bin:$PATH
      expect "run OVERRIDES .#stack -- --port 7" run .#stack -- --port 7
      expect "flake check OVERRIDES --keep-going" flake check --keep-going
      expect "build OVERRIDES" build
      NIXW_INPUTS=locked expect "flake check" flake check
      NIXW_INPUTS=guest expect "" build
      grep --quiet "NIXW_INPUTS is 'guest'" messages

      # What writes the lock file must not write this machine's paths into it.
      expect "flake update" flake update
      expect "flake lock --commit-lock-file" flake lock --commit-lock-file
      expect "store gc" store gc

      # The choice was made once, and was kept when it was made.
      answers=(cache/nixw/inputs-*)
      [[ ''${#answers[@]} == 1 && $(cat "''${answers[0]}") == host ]]
      [[ ! -e kept-too-early ]]
    '';
  };
in
pkgs.runCommand "nixw" { } ''
  ${test}/bin/test-nixw
  touch "$out"
''
