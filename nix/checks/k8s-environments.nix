# Mistakes in an environment, and in the arguments of the program that renders one, are rejected
# with the message that names environment, field and what was expected. Environments and services
# are the check's own: a new one of the project changes nothing here.
{
  k8s,
  lib,
  pkgs,
  services,
  ...
}:
let
  inherit (builtins) toJSON;

  options = import ../../k8s/options.nix {
    inherit lib;
    services = {
      shop.public = true;
      stock = { };
    };
  };
  errorsOf = given: (import ../../k8s/resolve.nix { inherit lib options; } "test" given).errors;
  expect = given: errors: { inherit given errors; };
  cases = [
    (expect { } [ ])
    (expect { registry = "ghcr.io/owner"; } [ ])
    (expect { registry = "owner"; } [
      ''environment test: registry: expected null, or HOST[:PORT][/PATH] in lower case, like ghcr.io/owner, or localhost, got "owner"''
    ])
    (expect { namespace = "Books"; } [
      ''environment test: namespace: expected a DNS label (a-z, 0-9 and -, 63 at most) that is neither default nor kube-…, got "Books"''
    ])
    (expect { namespace = "kube-system"; } [
      ''environment test: namespace: expected a DNS label (a-z, 0-9 and -, 63 at most) that is neither default nor kube-…, got "kube-system"''
    ])
    (expect { services.shop.replicas = "three"; } [
      ''environment test: services.shop.replicas: expected an integer of at least 1, got "three"''
    ])
    (expect { services.shop.limits.memory = 64; } [
      ''environment test: services.shop.limits.memory: expected an amount of memory, like "64Mi", got 64''
    ])
    (expect { services.sho = { }; } [
      "environment test: services.sho: no such field; expected one of shop, stock"
    ])
    (expect { services.stock.exposure = "LoadBalancer"; } [
      "environment test: services.stock.exposure: no such field; expected one of cpuTarget, limits, log, maxReplicas, replicas, requests"
    ])
    (expect
      {
        services.stock = {
          replicas = 3;
          maxReplicas = 2;
        };
      }
      [
        "environment test: services.stock.maxReplicas: expected at least replicas, which is 3, got 2"
      ]
    )
    (expect { services = 3; } [
      "environment test: services: expected a set of shop, stock, got 3"
    ])
    (expect
      {
        namedContext = "yes";
        createNamespace = null;
      }
      [
        "environment test: createNamespace: expected true or false, got null"
        ''environment test: namedContext: expected true or false, got "yes"''
      ]
    )
  ];
  wrong = builtins.filter (case: errorsOf case.given != case.errors) cases;

  arguments = pkgs.writeShellApplication {
    name = "check-k8s-arguments";
    runtimeInputs = [
      (k8s.of (import ../../k8s/fixtures/environments.nix { inherit lib services; })).render
    ];
    text = ''
      rejected() {
        local expected=$1 message status=0
        shift
        message=$(k8s "$@" 2>&1 >/dev/null) || status=$?
        [[ $status == 2 && $message == "$expected"* ]] && return
        echo "k8s $*: expected \"$expected\" and status 2, got \"$message\" and $status" >&2
        exit 1
      }
      rejected "k8s: environment bare has no registry: give one (--registry ghcr.io/owner)" bare
      rejected "k8s: there is no environment \"staging\"; there are bare, local, scaled, shared" staging
      rejected "k8s: --registry: expected HOST[:PORT][/PATH]" --registry 'ghcr.io/Owner'
      rejected "k8s: --registry: expected HOST[:PORT][/PATH]" --registry
      rejected "k8s: --namespace: expected a DNS label" --namespace 'a b'
      rejected "k8s: --namespace: expected a DNS label" --namespace kube-system
      rejected "k8s: --namespace: expected a DNS label" --namespace default
      rejected "k8s: unknown option --registri" --registri
    '';
  };
in
if wrong != [ ] then
  throw (
    lib.concatMapStringsSep "\n" (
      case:
      "k8s: ${toJSON case.given}: expected ${toJSON case.errors}, got ${toJSON (errorsOf case.given)}"
    ) wrong
  )
else
  pkgs.runCommand "k8s-environments" { } ''
    ${lib.getExe arguments}
    touch $out
  ''
