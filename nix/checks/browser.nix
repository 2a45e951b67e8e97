# The shop in Chromium, as `browser` looks at it: every page, on a phone and on a desktop, in light
# and in dark, and the page of a shop whose recommendations is not there. Then once more with
# mistakes made on purpose, each of which it has to find.
{
  lib,
  pkgs,
  packages,
  services,
  ...
}:
let
  # nixpkgs has no axe-core; without it that part of the audit says that it is skipped.
  axe = pkgs.axe-core or null;

  arguments = [
    "--chromium"
    (lib.getExe pkgs.chromium)
  ]
  ++ lib.optional (axe != null) "--axe=${axe}/axe.min.js";

  inherit (services) marketplace recommendations;
  ports = {
    grpc = recommendations.ports.grpc.number;
    shop = marketplace.ports.http.number;
    spoiled = marketplace.ports.http.number + 1;
    away = marketplace.ports.http.number + 2;
    # Nobody listens there.
    nobody = recommendations.ports.grpc.number + 1;
  };

  # A mistake: what is done to which file, and how the line of the check that finds it begins.
  mistakes = [
    {
      # Against the page's own policy.
      file = "templates/base.html.tera";
      change = "s|</head>|<style>p { color: red }</style></head>|";
      found = "FAIL home-1280-light-console: SEVERE (security): ";
    }
    {
      file = "static/style.css";
      change = "$ a footer { width: 2000px; max-width: none }";
      found = "FAIL home-1280-light-width: 2000 pixels wide";
    }
    {
      file = "templates/base.html.tera";
      change = "/name=\"viewport\"/ d";
      found = "FAIL home-360-light-width: laid out for";
    }
    {
      file = "static/style.css";
      change = "$ a li:last-child { visibility: hidden }";
      found = "FAIL home-360-dark-visible: \".*\" is not displayed";
    }
    {
      file = "static/style.css";
      change = "$ a @media (min-width: 70rem) { .book { max-height: 3rem } }";
      found = "FAIL self-help-1280-dark-visible: \".*\" is cut off";
    }
    {
      file = "templates/problem.html.tera";
      change = "s/h1>/h2>/g";
      found = "FAIL not-found-360-light-visible: 0 headings";
    }
    {
      file = "static/style.css";
      change = "s/--paper: #17120e/--paper: #fbf6ec/";
      found = "FAIL home-360-schemes: ";
    }
  ]
  ++ lib.optional (axe != null) {
    file = "templates/base.html.tera";
    change = "s/<html lang=\"en\">/<html>/";
    found = "FAIL home-360-light-axe: .*html-has-lang";
  };

  test = pkgs.writeShellApplication {
    name = "test-browser";
    runtimeInputs = [
      packages.browser
      packages.marketplace
      packages.recommendations
      pkgs.chromedriver
      pkgs.coreutils
      pkgs.gnugrep
      pkgs.gnused
      pkgs.jq
      pkgs.procps
    ];
    text = ''
      fail() {
        echo "FAIL: $1" >&2
        tail ./*.log >&2
        exit 1
      }
      pids=()
      trap 'kill "''${pids[@]}" 2> /dev/null || true' EXIT

      # shop PORT FOLDER GRPC-PORT: a marketplace with the folder's templates and static files, that
      # asks for books at the last port
      shop() {
        ${marketplace.ports.http.variable}=$1 \
          ${marketplace.calls.recommendations.hostVariable}=127.0.0.1 \
          ${marketplace.calls.recommendations.portVariable}=$3 \
          ${marketplace.files.templates.variable}=$2/templates \
          ${marketplace.files.static.variable}=$2/static \
          marketplace > "shop-$1.log" 2>&1 &
        pids+=($!)
      }
      audit() {
        browser ${lib.escapeShellArgs arguments} "$@"
      }
      none_is_left() {
        if pgrep --list-full 'chrom' >&2; then fail "a browser is left behind"; fi
      }

      mkdir right spoiled
      cp -r ${marketplace.files.templates.source} right/templates
      cp -r ${marketplace.files.static.source} right/static
      cp -r right/. spoiled
      chmod -R u+w spoiled
      ${lib.concatMapStringsSep "\n" (
        { file, change, ... }: "sed -i ${lib.escapeShellArg change} spoiled/${file}"
      ) mistakes}

      # One title is longer than any cover.
      jq '.[0].title |= (. + ", ") * 12' ${recommendations.files.catalogue.source} > catalogue.json
      ${recommendations.ports.grpc.variable}=${toString ports.grpc} \
        ${recommendations.files.catalogue.variable}=catalogue.json \
        recommendations > recommendations.log 2>&1 &
      pids+=($!)
      shop ${toString ports.shop} right ${toString ports.grpc}
      shop ${toString ports.spoiled} spoiled ${toString ports.grpc}
      shop ${toString ports.away} right ${toString ports.nobody}
      for _ in {1..100}; do
        if [[ $(cat ./*.log | grep -cE '"message":"(listening|serving)"') == 4 ]]; then break; fi
        sleep 0.1
      done

      audit --url http://127.0.0.1:${toString ports.shop} \
        --away-url http://127.0.0.1:${toString ports.away} || fail "the audit does not pass"
      none_is_left

      status=0
      audit --url http://127.0.0.1:${toString ports.spoiled} > report || status=$?
      [[ $status == 1 ]] || fail "with mistakes the audit ends with $status"
      none_is_left
      while read -r found; do
        grep -q "^$found" report || { cat report >&2; fail "not found: $found"; }
      done <<'END'
      ${lib.concatMapStringsSep "\n" (mistake: mistake.found) mistakes}
      END
    '';
  };
in
pkgs.runCommand "browser"
  {
    # There are no fonts in the sandbox but those that are declared.
    FONTCONFIG_FILE = pkgs.makeFontsConf { fontDirectories = [ pkgs.dejavu_fonts ]; };
  }
  ''
    export HOME=$PWD
    ${lib.getExe test} > lines || {
      cat lines
      exit 1
    }
    # What could not be looked at here; .ci/run counts it.
    cat lines
    sed -n /^skip/p lines > "$out"
  ''
