# The stack itself, as a user runs it: the launcher and process-compose in the sandbox, the
# black-box checks against it, a service killed, a port in use, and an end that leaves nothing.
{
  lib,
  pkgs,
  apps,
  runnable,
  services,
  ...
}:
let
  ports = {
    page = toString services.marketplace.ports.http.number;
    grpc = toString services.recommendations.ports.grpc.number;
  };

  # Programs by their paths in the store: the kernel keeps no more than 15 characters of a name.
  programs = map (service: service.program) (builtins.attrValues runnable) ++ [ "process-compose" ];
  recommendations = runnable.recommendations.program;

  test = pkgs.writeShellApplication {
    name = "test-stack";
    runtimeInputs = [
      apps.integration
      apps.stack
      pkgs.coreutils
      pkgs.curl
      pkgs.gnugrep
      pkgs.procps
    ];
    text = ''
      fail() {
        echo "FAIL: $1" >&2
        cat "$log" >&2
        exit 1
      }
      page=http://127.0.0.1:${ports.page}
      # Waits until the command succeeds, ten seconds at the most.
      within_10_seconds() {
        for _ in {1..100}; do
          if "$@" > /dev/null 2>&1; then return; fi
          sleep 0.1
        done
        fail "not within 10 seconds: $*"
      }
      # The processes of a program that runs without arguments: as a probe it has one.
      processes() { pgrep --full --exact "$1"; }
      none_is_left() {
        if pgrep --full --list-full '${lib.concatStringsSep "|" programs}' >&2; then fail "left behind"; fi
      }

      log=first.log
      stack > "$log" 2>&1 &
      stack=$!
      within_10_seconds curl --fail --silent "$page"
      within_10_seconds grep 'the page is on' "$log"
      for program in ${lib.escapeShellArgs programs}; do
        test "$(processes "$program" | wc -l)" = 1 || fail "not one $program: $(pgrep --full --list-full /)"
      done
      integration --url "$page" --grpc 127.0.0.1:${ports.grpc}

      # Another stack on the same ports says so in one line and starts nothing.
      if stack > second.log 2>&1; then fail "a second stack started on the same ports"; fi
      grep -q '^stack: port .* is in use' second.log || fail "a port in use: $(cat second.log)"
      test "$(wc -l < second.log)" = 1 || fail "more than one line: $(cat second.log)"
      for bad in 99999 0 five; do
        status=0
        MARKETPLACE_PORT=$bad stack > bad.log 2>&1 || status=$?
        if [ "$status" != 2 ]; then fail "MARKETPLACE_PORT=$bad gives exit code $status"; fi
        grep -q "MARKETPLACE_PORT=\"$bad\"" bad.log || fail "MARKETPLACE_PORT=$bad: $(cat bad.log)"
      done

      # A service that dies comes back, and the page with it.
      killed=$(processes ${recommendations})
      kill -KILL "$killed"
      restarted() { processes ${recommendations} | grep -vx "$killed"; }
      within_10_seconds restarted
      within_10_seconds curl --fail --silent "$page"

      kill -TERM "$stack"
      status=0
      wait "$stack" || status=$?
      if [ "$status" != 0 ]; then fail "SIGTERM gives exit code $status"; fi
      none_is_left
      if curl --silent "$page" > /dev/null; then fail "the page's port is still open"; fi

      # Several replicas on other ports, and the end by Ctrl-C.
      log=third.log
      MARKETPLACE_PORT=6000 RECOMMENDATIONS_PORT=6100 RECOMMENDATIONS_REPLICAS=3 \
        env --default-signal=INT stack > "$log" 2>&1 &
      stack=$!
      within_10_seconds curl --fail --silent http://127.0.0.1:6000
      test "$(processes ${recommendations} | wc -l)" = 3 || fail "not three replicas"
      integration --url http://127.0.0.1:6000 --grpc 127.0.0.1:6102
      kill -INT "$stack"
      status=0
      wait "$stack" || status=$?
      if [ "$status" != 0 ]; then fail "SIGINT gives exit code $status"; fi
      none_is_left
    '';
  };
in
pkgs.runCommand "stack" { } ''
  export HOME=$PWD
  ${lib.getExe test}
  touch "$out"
''
