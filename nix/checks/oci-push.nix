# The app push against real registries on loopback: what comes back has the digest that went in;
# a registry that is not there, that wants a login or that takes one image alone is refused with
# exit 1 and one line, and then no tag has moved.
{
  lib,
  pkgs,
  services,
  images,
  apps,
  ...
}:
let
  check = pkgs.writeShellApplication {
    name = "check-oci-push";
    runtimeInputs = [
      apps.push
      (import ../oci/verify.nix { inherit pkgs; })
      pkgs.coreutils
      pkgs.curl
      pkgs.distribution
      pkgs.gnugrep
      pkgs.jq
      pkgs.skopeo
    ];
    text = ''
      images=$1
      shift
      names=("$@")
      export HOME=$PWD
      fail() {
        echo "$*" >&2
        exit 1
      }

      registries=()
      trap 'kill "''${registries[@]}"' EXIT
      # serve PORT [AUTH]: a registry that keeps its data in ./PORT
      serve() {
        jq --null-input --arg port "$1" --argjson auth "''${2-null}" '{
          version: "0.1",
          log: { level: "error", accesslog: { disabled: true } },
          storage: { filesystem: { rootdirectory: $port } },
          http: { addr: "127.0.0.1:\($port)" }
        } + if $auth then { $auth } else { } end' >"$1.yml"
        registry serve "$1.yml" 2>"$1.log" &
        registries+=($!)
        for _ in {1..100}; do
          if curl --silent --output /dev/null "http://127.0.0.1:$1/v2/"; then return; fi
          sleep 0.1
        done
        cat "$1.log" >&2
        fail "no registry on port $1 after 10 s"
      }
      skopeo() { command skopeo --insecure-policy --tmpdir="$PWD" "$@"; }
      # refused PATTERN ARGUMENT...: push fails with one line that matches
      refused() {
        local pattern=$1 status=0
        shift
        push "$@" >output 2>errors || status=$?
        [[ $status == 1 ]] || fail "push $*: exit code $status, not 1"
        [[ ! -s output ]] || fail "push $*: prints $(cat output)"
        grep --quiet --extended-regexp "$pattern" errors || fail "push $*: no \"$pattern\" in: $(cat errors)"
        echo "refused: $(cat errors)"
      }
      one_line() { [[ $(wc --lines <errors) == 1 ]] || fail "more than one line: $(cat errors)"; }

      # There and back.
      serve 5001
      push localhost:5001/books --tag v1 >printed
      jq --raw-output 'to_entries[] | "\(.key)@\(.value.digest)"' "$images/images.json" >digests
      [[ $(cat printed) == "$(cat digests)" ]] || fail "push prints $(cat printed), not $(cat digests)"
      while IFS=@ read -r name digest; do
        skopeo copy --quiet --preserve-digests --src-tls-verify=false \
          "docker://localhost:5001/books/$name:v1" "oci:back-$name:latest"
        verify-layout "back-$name"
        back=$(jq --raw-output '.manifests[0].digest' "back-$name/index.json")
        [[ $back == "$digest" ]] || fail "$name went in as $digest and came back as $back"
        echo "$name: $digest, there and back"
      done <digests

      # A registry that cannot take the last image has no tag for the first.
      last=''${names[-1]}
      serve 5002
      mkdir -p 5002/docker/registry/v2/repositories
      touch "5002/docker/registry/v2/repositories/$last"
      refused "cannot push to localhost:5002/$last@" localhost:5002 --tag v1
      for name in "''${names[@]::''${#names[@]}-1}"; do
        skopeo inspect --raw --tls-verify=false "docker://localhost:5002/$name@$(jq --raw-output --arg name "$name" \
          '.[$name].digest' "$images/images.json")" >/dev/null || fail "$name is not there by digest"
        if skopeo inspect --raw --tls-verify=false "docker://localhost:5002/$name:v1" >/dev/null 2>&1; then
          fail "$name is tagged, though $last is not there"
        fi
      done

      # The registry makes a password of its own, which nobody knows.
      serve 5003 '{ "htpasswd": { "realm": "books", "path": "htpasswd" } }'
      refused 'localhost:5003 wants a login' localhost:5003 && one_line

      refused 'connection refused' localhost:5004 && one_line
      refused 'without a scheme' https://localhost:5001 && one_line
      refused 'names no registry' books && one_line
      refused 'is not a tag' localhost:5001 --tag 'v 1' && one_line
      refused 'no registry' && one_line
    '';
  };
in
pkgs.runCommand "oci-push" { } ''
  ${lib.getExe check} ${images.all} ${lib.escapeShellArgs (builtins.attrNames services)}
  touch $out
''
