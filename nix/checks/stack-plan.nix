# What plan.jq makes of the environment and of the ports in use, case by case: which port each
# replica gets, and the one line and exit code of each input that cannot be used.
{
  lib,
  pkgs,
  stack,
  ...
}:
let
  any = "00000000";
  loopback = "0100007F";
  loopback6 = "00000000000000000000000001000000";
  elsewhere = "0500A8C0"; # 192.168.0.5

  # A case: the environment, who listens (rows as in /proc/net/tcp), the exit code, and what the
  # plan or the error line has to contain.
  cases = [
    {
      contains = "METRICS_PORT=9091";
    }
    {
      contains = "DRAIN_SECONDS=10";
    }
    {
      environment = "RECOMMENDATIONS_REPLICAS=3";
      contains = "RECOMMENDATIONS_HOST=127.0.0.1:50051,127.0.0.1:50052,127.0.0.1:50053";
    }
    {
      # Prometheus itself runs on 9090: the metrics make room, one after the other.
      listening = "${any}:2382";
      contains = "METRICS_PORT=9092";
    }
    {
      listening = "${elsewhere}:1388";
      contains = "ROCKET_PORT=5000";
    }
    {
      environment = "MARKETPLACE_PORT= CATALOGUE=mine.json";
      contains = "CATALOGUE=mine.json";
    }
    {
      listening = "${loopback}:1388";
      code = 1;
      contains = "stack: port 5000 is in use: stop what listens there, or choose another with MARKETPLACE_PORT";
    }
    {
      listening = "${loopback6}:1388";
      code = 1;
      contains = "stack: port 5000 is in use";
    }
    {
      environment = "RECOMMENDATIONS_REPLICAS=2";
      listening = "${any}:C384";
      code = 1;
      contains = "stack: port 50052 is in use";
    }
    {
      environment = "MARKETPLACE_METRICS_PORT=9090";
      listening = "${any}:2382";
      code = 1;
      contains = "choose another with MARKETPLACE_METRICS_PORT";
    }
    {
      environment = "MARKETPLACE_PORT=50051";
      code = 2;
      contains = "stack: port 50051 is chosen twice: change RECOMMENDATIONS_PORT";
    }
    {
      environment = "RECOMMENDATIONS_PORT=65535 RECOMMENDATIONS_REPLICAS=2";
      code = 2;
      contains = "stack: RECOMMENDATIONS_PORT leaves no port for each replica";
    }
    {
      environment = "RECOMMENDATIONS_REPLICAS=0";
      code = 2;
      contains = "stack: RECOMMENDATIONS_REPLICAS=\"0\" is not a number of replicas: give a number from 1 to 16";
    }
  ]
  ++
    map
      (bad: {
        environment = "MARKETPLACE_PORT=${bad}";
        code = 2;
        contains = "stack: MARKETPLACE_PORT=\"${bad}\" is not a port: give a number from 1 to 65535";
      })
      [
        "99999"
        "0"
        "-1"
        "5e3"
        "five"
      ];

  run =
    {
      environment ? "",
      listening ? "",
      code ? 0,
      contains,
    }:
    let
      row = lib.optionalString (listening != "") "   0: ${listening} 00000000:0000 0A";
    in
    "expect ${toString code} ${lib.escapeShellArg contains} ${lib.escapeShellArg row} ${environment}";

  test = pkgs.writeShellApplication {
    name = "test-stack-plan";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.gnugrep
      pkgs.jq
    ];
    text = ''
      # expect CODE TEXT ROW [VARIABLE=VALUE]...
      expect() {
        local status=0
        env "''${@:4}" jq --raw-output --from-file ${../stack/plan.jq} --arg listening "$3" \
          ${stack.description} > plan 2>&1 || status=$?
        if [[ $status != "$1" ]] || ! grep -qF -- "$2" plan; then
          echo "FAIL: ''${*:4} $3: exit code $status instead of $1, or no '$2' in:" >&2
          cat plan >&2
          exit 1
        fi
        if [[ $status != 0 && $(wc -l < plan) != 1 ]]; then
          echo "FAIL: more than one line" >&2
          cat plan >&2
          exit 1
        fi
      }
      ${lib.concatMapStringsSep "\n" run cases}
    '';
  };
in
pkgs.runCommand "stack-plan" { } ''
  ${lib.getExe test}
  touch "$out"
''
