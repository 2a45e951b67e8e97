# What nixw does to build with a machine's own tools, read by it with `.`: looks what is there,
# gets what is missing (and says so first), and describes the machine to nix/host/nixpkgs.
# Sets: machine (a folder with machine.json), host_settings (the settings for Nix).
# shellcheck shell=sh
# shellcheck disable=SC2154  # root, state, say, die: nixw's

nixfmt=nixfmt_rs@0.5.3

# Prints why the program named first is not of the version named second or newer; nothing if it is.
older_than() {
  printf '%s\n%s\n' "$2" "$1" | sort -V -C || echo "$1 is here, $2 or newer is needed"
}

# Rust and Go come with the machine: how, is the user's choice. All that lacks, in one list.
check_toolchains() {
  PATH=$PATH:$HOME/.cargo/bin:/usr/local/go/bin
  rust_wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
  lacking=
  if ! rustc=$(rustc --version 2> /dev/null); then
    lacking="$lacking
  Rust $rust_wanted or newer, with cargo, clippy and rustfmt (rustup.rs, or your distribution's)"
  else
    why=$(older_than "$(echo "$rustc" | cut -d ' ' -f 2)" "$rust_wanted")
    rust=$(rustc --print sysroot)
    for program in cargo clippy-driver rustfmt; do
      [ -x "$rust/bin/$program" ] || why="$why; $program is missing beside rustc (rustup component add clippy rustfmt)"
    done
    [ -z "$why" ] || lacking="$lacking
  Rust: $why"
  fi
  if ! go=$(go env GOVERSION 2> /dev/null); then
    lacking="$lacking
  Go 1.21 or newer (go.dev/dl, or your distribution's), for process-compose"
  else
    why=$(older_than "${go#go}" 1.21)
    [ -z "$why" ] || lacking="$lacking
  Go: $why"
  fi
  [ -z "$lacking" ] || die "to build with this machine's own tools, this is needed on PATH:$lacking"
}

# Builds see this machine's tools by a setting that the Nix daemon takes from trusted users alone.
check_trust() {
  [ "$(id -u)" != 0 ] || return 0
  for trusted in $(nix show-config 2> /dev/null | sed -n 's/^trusted-users = //p'); do
    case $trusted in
      '*' | "$(id -un)") return ;;
      @*) if id -Gn | tr ' ' '\n' | grep -qx "${trusted#@}"; then return; fi ;;
    esac
  done
  die "to build with this machine's own tools, the Nix daemon has to trust this user; as root:
  echo 'extra-trusted-users = $(id -un)' >> /etc/nix/nix.conf && systemctl restart nix-daemon"
}

# With an argument: a browser, too.
install_debian_packages() {
  packages=$(nix eval --raw --file "$root/nix/host/nixpkgs/debian.nix" packages)
  browser=$(nix eval --raw --file "$root/nix/host/nixpkgs/debian.nix" browserPackages)
  missing=
  for package in $packages ${1:+$browser}; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    die "to build with this machine's own tools, these Debian packages are needed; as root: apt-get install$missing"
  fi
  say "installing Debian's packages (tools for builds and checks):$missing"
  # shellcheck disable=SC2086  # a list
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } > "$state/apt.log" 2>&1 ||
    die "apt-get failed; it says why in $state/apt.log"
}

# Tools that Debian does not have, each by its language's own client, once a version.
install_tools() {
  host=$root/nix/host
  tools=$state/tools-$(cat "$host/prepare.sh" "$host/requirements.txt" "$host/process-compose/go.sum" | cksum | tr ' ' -)
  [ ! -e "$tools/complete" ] || return 0
  rm -rf "$tools"
  mkdir -p "$tools/bin"
  say "getting, in about two minutes, into $tools:"
  say "  process-compose (Go modules), which runs the stack"
  # Without its version in it, process-compose would ask GitHub for a newer one at each start.
  version=$(sed -n 's/^require .*process-compose //p' "$host/process-compose/go.mod")
  (cd "$host/process-compose" && CGO_ENABLED=0 GOFLAGS=-mod=readonly GOTOOLCHAIN=auto go build -trimpath \
    -ldflags "-s -w -X github.com/f1bonacc1/process-compose/src/config.Version=$version" \
    -o "$tools/bin/process-compose" github.com/f1bonacc1/process-compose) > "$state/go.log" 2>&1 ||
    die "go could not build process-compose; it says why in $state/go.log"
  say "  nixfmt (crates), which formats Nix"
  cargo install --quiet --locked --root "$tools" "$nixfmt" > "$state/cargo.log" 2>&1 ||
    die "cargo could not install $nixfmt; it says why in $state/cargo.log"
  say "  kubernetes-validate and axe-core (PyPI), which check the YAML and the pages"
  /usr/bin/python3 -m pip install --quiet --no-deps --target "$tools/python" -r "$host/requirements.txt" > "$state/pip.log" 2>&1 ||
    die "pip could not install them; it says why in $state/pip.log"
  touch "$tools/complete"
}

# The crates of Cargo.lock; cargo checks each file against it when it builds.
vendor_crates() {
  vendor=$state/vendor-$(cksum < "$root/Cargo.lock" | tr ' ' -)
  [ ! -d "$vendor" ] || return 0
  say "getting the crates of Cargo.lock into $vendor"
  rm -rf "$vendor.part"
  cargo vendor --quiet --locked --versioned-dirs --manifest-path "$root/Cargo.toml" "$vendor.part" > /dev/null 2> "$state/vendor.log" ||
    die "cargo could not vendor the crates; it says why in $state/vendor.log"
  # As old as files in the store, or cargo takes them for newer than the artifacts made of them.
  find "$vendor.part" -exec touch -d @1 {} +
  mv "$vendor.part" "$vendor"
}

# The version of each tool; it goes into the tool's derivation.
describe_machine() {
  machine=$state/machine
  mkdir -p "$machine"
  # shellcheck disable=SC2086  # lists
  {
    printf '{\n  "rust": "%s",\n  "tools": "%s",\n' "$(rustc --version --verbose | tr '\n' ' ')" "${tools##*/}"
    printf '  "debian": {'
    dpkg-query -W -f '"${Package}": "${Version}",\n    ' $packages $browser 2> /dev/null || true # some are not installed
    printf '"libc6": "%s" }\n}\n' "$(dpkg-query -W -f '${Version}' libc6)"
  } > "$machine/machine.json.part"
  cmp -s "$machine/machine.json.part" "$machine/machine.json" || mv "$machine/machine.json.part" "$machine/machine.json"
  rm -f "$machine/machine.json.part"
}

# With the words of the nix command, "flake check" for one.
prepare() {
  browser_wanted=
  if [ "$*" = "flake check" ]; then browser_wanted=1; fi
  check_toolchains
  check_trust
  install_debian_packages $browser_wanted
  install_tools
  vendor_crates
  describe_machine
}

host_settings() {
  cat << END
sandbox = true
sandbox-fallback = false
substituters =
flake-registry =
max-jobs = auto
sandbox-paths = /bin /usr /lib /lib64? /etc/alternatives /host/rust=$rust /host/vendor=$vendor /host/tools=$tools
END
}
