# The local stack: process-compose, which runs the services as they are described, and the
# launcher, which plans the run (plan.jq) and becomes process-compose.
{
  lib,
  pkgs,
  services,
  runnable,
  ...
}:
let
  callees = builtins.concatMap (service: builtins.attrNames service.calls) (
    builtins.attrValues services
  );

  # A probe that is asked for the first time as its service starts would fail, and be asked again
  # after a whole second; this asks on within the one probe.
  until = pkgs.writeShellApplication {
    name = "until";
    runtimeInputs = [ pkgs.coreutils ];
    text = ''
      for _ in {1..30}; do
        "$@" && exit
        sleep 0.02
      done
      exit 1
    '';
  };

  announce = pkgs.writeShellApplication {
    name = "announce";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.curl
    ];
    text = ''
      url=$1
      for _ in {1..600}; do
        if curl --silent --fail --max-time 2 --output /dev/null "$url"; then
          echo "the page is on $url"
          exit
        fi
        sleep 0.05
      done
      echo "no page on $url after half a minute; the services' lines say why" >&2
      exit 1
    '';
  };

  # What plan.jq reads.
  description = pkgs.writeText "stack.json" (
    builtins.toJSON {
      services = builtins.mapAttrs (
        name: service:
        service
        // {
          # Callers balance over all replicas of a service; what nobody calls has the one port.
          called = builtins.elem name callees;
          graceSeconds = import ../grace.nix service;
        }
      ) runnable;
      until = lib.getExe until;
      announce = lib.getExe announce;
      shell = {
        shell_command = lib.getExe pkgs.bash;
        shell_argument = "-c";
      };
    }
  );
in
{
  inherit description;

  package = pkgs.writeShellApplication {
    name = "stack";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.gnugrep
      pkgs.jq
      pkgs.process-compose
    ];
    text = ''
      fail() {
        echo "stack: $1" >&2
        exit 1
      }

      # A command such as `process list` or `attach` asks a stack that runs already.
      case ''${1:--} in
        -* | up) mode=start ;;
        *) mode=ask ;;
      esac

      listening=
      if [[ $mode == start ]]; then
        listening=$(grep -hs ' 0A ' /proc/net/tcp /proc/net/tcp6 || true)
      fi
      plan=$(jq --raw-output --from-file ${./plan.jq} --arg listening "$listening" ${description})

      # One folder a stack and user: the control socket, and the files of process-compose.
      for parent in "''${XDG_RUNTIME_DIR:-}" "''${TMPDIR:-}" /tmp; do
        if [[ -d $parent && -w $parent ]]; then break; fi
      done
      folder=$parent/''${plan%%$'\n'*}-$UID
      (umask 077 && mkdir -p "$folder") || fail "$folder cannot be made: set TMPDIR to a folder that can be written"
      [[ -O $folder && ! -L $folder ]] || fail "$folder belongs to somebody else: remove it, or set TMPDIR"
      export PC_SOCKET_PATH=$folder/control.sock PC_LOG_FILE=$folder/$mode.log
      if [[ ! -v PROC_COMP_CONFIG ]]; then
        # Ctrl-C ends the stack without asking back.
        echo 'disable_exit_confirmation: true' > "$folder/settings.yaml"
        export PROC_COMP_CONFIG=$folder
      fi

      if [[ $mode == start ]]; then
        echo "''${plan#*$'\n'}" > "$folder/process-compose.json"
        export PC_CONFIG_FILES=$folder/process-compose.json PC_DISABLE_DOTENV=1
        if [[ ! -t 0 || ! -t 1 || ''${TERM:-dumb} == dumb ]]; then
          export PC_DISABLE_TUI=''${PC_DISABLE_TUI:-true}
        fi
      fi
      exec process-compose "$@"
    '';
    meta.description = "Run the services on this machine, in order of health";
  };
}
