# Plans one run of the stack: from the description of the services (the input), the environment
# and the ports that are listened on to process-compose's configuration. Bad input ends it with
# one line: exit code 2 for a value that cannot be used, 1 for a port in use.

def fail($code; $line): "stack: \($line)\n" | halt_error($code);

# The prefix of the variables of a service: gift-shop has GIFT_SHOP_PORT, as a shell can set it.
def prefix: ascii_upcase | gsub("-"; "_");

# A whole number from the environment; unset or empty is the default.
def number($variable; $default; $meaning; $highest):
  ($ENV[$variable] // "") as $value
  | if $value == "" then $default
    elif ($value | test("^[0-9]{1,5}$")) and (($value | tonumber) as $n | 1 <= $n and $n <= $highest)
    then $value | tonumber
    else fail(2; "\($variable)=\($value | tojson) is not \($meaning): give a number from 1 to \($highest)")
    end;

# The ports that cannot be had on localhost, from rows of the kernel's table of listening sockets:
# those on any address, on 127.0.0.1, and on ::1, which a browser tries first.
def taken_ports:
  def hexadecimal: reduce explode[] as $c (0; . * 16 + $c - (if $c < 65 then 48 else 55 end));
  [ split("\n")[] | [splits(" +")] | map(select(. != "")) | .[1] // empty | split(":")
    | select(.[0] | test("^0+$|0100007F$|^0+01000000$")) | .[1] | hexadecimal ];

# One request for a port a replica. The port of a service's health is its main one and fixed;
# another one, of metrics, moves on to the next free port unless it was chosen.
def requests:
  to_entries[] | .key as $service | .value as $it | ($service | prefix) as $prefix
  | $it.ports | to_entries[]
  | (if .key == $it.health.port then "" else "_\(.key | prefix)" end) as $infix
  | "\($prefix)\($infix)_PORT" as $variable
  | number($variable; .value.number; "a port"; 65535) as $first
  | range($it.replicas) as $replica
  | { $service, $replica, port: .key, $variable, number: ($first + $replica),
      moves: ($infix != "" and ($ENV[$variable] // "") == "") };

# Gives each request its port, the fixed ones first.
def assign($taken):
  reduce sort_by(.moves)[] as $request ([];
    . as $given
    | def free: . as $n | all($taken[], $given[].number; . != $n);
      if $request.moves
      then first(range($request.number; 65536) | select(free)) as $n | . + [$request | .number = $n]
      elif $request.number > 65535
      then fail(2; "\($request.variable) leaves no port for each replica: give a smaller one")
      elif any($given[]; .number == $request.number)
      then fail(2; "port \($request.number) is chosen twice: change \($request.variable)")
      elif any($taken[]; . == $request.number)
      then fail(1; "port \($request.number) is in use: stop what listens there, or choose another with \($request.variable)")
      else . + [$request]
      end);

# What a replica is called: plainly where there is only one.
def instance($service; $replica):
  if .[$service].replicas == 1 then $service else "\($service)-\($replica + 1)" end;

def process($description; $services; $ports; $service; $replica):
  def port_of($service; $replica; $port):
    $ports[] | select(.service == $service and .replica == $replica and .port == $port) | .number;
  $services[$service] as $it
  | port_of($service; $replica; $it.health.port) as $main
  | {
      description: $it.description,
      entrypoint: [$it.program],
      environment: [
        "\($it.address)=127.0.0.1",
        "\($it.drain.variable)=\($it.drain.seconds)",
        ($it.ports | to_entries[] | "\(.value.variable)=\(port_of($service; $replica; .key))"),
        ($it.files[] | "\(.variable)=\($ENV[.variable] // .source)"),
        ($it.calls | to_entries[]
          | [ .key as $callee | .value.port as $port | range($services[$callee].replicas)
              | port_of($callee; .; $port) ] as $callees
          | "\(.value.hostVariable)=\($callees | map("127.0.0.1:\(.)") | join(","))",
            "\(.value.portVariable)=\($callees[0])")
      ],
      depends_on: [
        $it.calls | keys[] as $callee | range($services[$callee].replicas) as $i
        | { key: ($services | instance($callee; $i)), value: { condition: "process_healthy" } }
      ] | from_entries,
      # Not ready for this long, and it is restarted. There is no liveness probe: process-compose
      # acts on one for daemons alone.
      readiness_probe: ({ period_seconds: 1, timeout_seconds: 1, failure_threshold: 10 }
        + if $it.health.protocol == "http"
          then { http_get: { host: "127.0.0.1", port: "\($main)", path: $it.health.ready } }
          else { exec: { command: "\($description.until) \($it.program) health" } }
          end),
      # As in the cluster: whatever ends a service by itself, it comes back.
      availability: { restart: "always", backoff_seconds: 1 },
      shutdown: { signal: 15, timeout_seconds: $it.graceSeconds }
    };

. as $description
| (.services | with_entries(
  (if .value.called then number("\(.key | prefix)_REPLICAS"; 1; "a number of replicas"; 16) else 1 end) as $n
  | .value.replicas = $n)) as $services
| ($services | [requests] | assign($listening | taken_ports)) as $ports
# The page is where visitors reach the system.
| first($ports[] | select($services[.service] as $it | $it.public and .port == $it.health.port).number) as $page
| "online-books-\($page)",
  ({
    version: "0.5",
    is_strict: true,
    disable_env_expansion: true,
    # Callers first, so that what they have accepted is still answered.
    ordered_shutdown: true,
    shell: $description.shell,
    processes: ([
      $services | keys[] as $service | range(.[$service].replicas) as $i
      | { key: instance($service; $i), value: process($description; $services; $ports; $service; $i) }
    ] | from_entries)
  }
  # Says where to look as soon as there is something to see.
  | .processes.ready = {
      description: "Waits for the page and says where it is",
      entrypoint: [$description.announce, "http://localhost:\($page)"]
    } | tojson)
