# The programs run out of the unpacked images, with nothing but what the images say: --version,
# and then all as a system, each with its image's own environment, while the integration program
# asks it. Two things are another's than in a container: a path of the image is below the
# unpacked root, and the name and the ports that a network of containers would tell apart.
{
  lib,
  pkgs,
  services,
  packages,
  images,
  root,
  ...
}:
let
  inherit ((builtins.fromTOML (builtins.readFile (root + "/Cargo.toml"))).workspace.package) version;
  names = builtins.attrNames services;

  # Everything is on one loopback here: callees by address, the metrics on a port each.
  overrides =
    name:
    let
      inherit (services.${name}) calls ports;
    in
    lib.mapAttrsToList (_: call: "${call.hostVariable}=127.0.0.1") calls
    ++ lib.optional (ports ? metrics) "${ports.metrics.variable}=${toString (portOf name)}";
  # 9100, 9101, ...
  portOf = name: 9100 + builtins.length (builtins.filter (other: builtins.lessThan other name) names);

  check = pkgs.writeShellApplication {
    name = "check-oci-runs";
    runtimeInputs = [
      packages.integration
      pkgs.coreutils
      pkgs.gnugrep
      pkgs.jq
      pkgs.skopeo
      pkgs.umoci
    ];
    text = ''
      version=$1 images=$2
      fail() {
        tail --lines=5 ./*.log >&2
        echo "$*" >&2
        exit 1
      }

      pids=()
      trap 'kill "''${pids[@]}" 2>/dev/null || true' EXIT

      # program NAME: prints where its entrypoint is
      program() { echo "$PWD/$1$(jq --raw-output '.config.Entrypoint[0]' "$1.json")"; }
      # unpack NAME: into ./NAME, with its configuration in NAME.json
      unpack() {
        umoci raw unpack --rootless --image "$images/$1:latest" "$1" >/dev/null 2>&1 || fail "umoci cannot unpack $1"
        skopeo --insecure-policy --tmpdir="$PWD" inspect --config "oci:$images/$1" >"$1.json"
        [[ $("$(program "$1")" --version) == "$1 $version" ]] || fail "$1 --version does not say \"$1 $version\""
      }
      # start NAME [VARIABLE=VALUE...]: its entrypoint, in the image's environment with changes
      start() {
        local name=$1 environment
        shift
        mapfile -t environment < <(jq --raw-output --arg root "$PWD/$name" \
          '.config.Env[] | sub("=/"; "=\($root)/")' "$name.json")
        env --ignore-environment --chdir=/ "''${environment[@]}" "$@" "$(program "$name")" >"$name.log" 2>&1 &
        pids+=($!)
      }

      ${lib.concatMapStringsSep "\n" (name: "unpack ${name}") names}
      ${lib.concatMapStringsSep "\n" (
        name: "start ${name} ${lib.escapeShellArgs (overrides name)}"
      ) names}

      for _ in {1..100}; do
        if integration >report 2>&1; then
          cat report
          exit
        fi
        grep --quiet 'nothing answers' report || break
        for pid in "''${pids[@]}"; do kill -0 "$pid" 2>/dev/null || fail "a program has stopped"; done
        sleep 0.2
      done
      cat report >&2
      fail "the integration checks do not pass"
    '';
  };
in
pkgs.runCommand "oci-runs" { } ''
  ${lib.getExe check} ${version} ${images.all}
  touch $out
''
