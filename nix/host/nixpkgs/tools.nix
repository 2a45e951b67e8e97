# A package a tool: Debian's programs as symlinks, the Rust toolchain under /host/rust, and what
# no Debian package has, copied from /host/tools, where nixw put it.
{
  lib,
  linkTools,
  mkDerivation,
  pkgs,
  versions,
}:
let
  hostVersion = package: "${package} ${versions.debian.${package} or "(not installed)"}";
  debian = builtins.mapAttrs (
    name: tool:
    linkTools {
      inherit name;
      hostVersion = hostVersion tool.package;
      mainProgram = builtins.head tool.programs;
      programs = lib.genAttrs tool.programs (program: "/usr/bin/${program}");
    }
  ) (import ./debian.nix).programs;

  rust =
    name: programs:
    linkTools {
      inherit name;
      hostVersion = versions.rust;
      mainProgram = builtins.head programs;
      programs = lib.genAttrs programs (program: "/host/rust/bin/${program}");
    };

  # A copy, because it also runs outside the sandbox, where there is no /host.
  copied =
    name:
    mkDerivation {
      inherit name;
      hostVersion = versions.tools;
      tools = [ debian.coreutils ];
      meta.mainProgram = name;
      script = ''install -D -m 555 /host/tools/bin/${name} "$out/bin/${name}"'';
    };
in
debian
// {
  cargo = rust "cargo" [ "cargo" ];
  rustc = rust "rustc" [
    "rustc"
    "rustdoc"
  ];
  rustfmt = rust "rustfmt" [
    "rustfmt"
    "cargo-fmt"
  ];
  clippy = rust "clippy" [
    "cargo-clippy"
    "clippy-driver"
  ];

  # nixpkgs and the project itself call the program by another name than Debian.
  distribution = linkTools {
    name = "distribution";
    hostVersion = hostVersion "docker-registry";
    programs.registry = "/usr/bin/docker-registry";
  };

  process-compose = copied "process-compose";
  nixfmt = copied "nixfmt";
  kubernetes-validate = mkDerivation {
    name = "kubernetes-validate";
    hostVersion = "${versions.tools}, ${hostVersion "python3"}";
    tools = [ debian.coreutils ];
    meta.mainProgram = "kubernetes-validate";
    script = ''
      mkdir -p "$out/bin" "$out/lib"
      cp -r /host/tools/python "$out/lib/python"
      cat > "$out/bin/kubernetes-validate" <<END
      #!/bin/sh
      PYTHONPATH=$out/lib/python exec /usr/bin/python3 -m kubernetes_validate "\$@"
      END
      chmod 555 "$out/bin/kubernetes-validate"
    '';
  };

  # nixpkgs has none; of use to a check alone, which says so where it is not there.
  axe-core = mkDerivation {
    name = "axe-core";
    hostVersion = versions.tools;
    tools = [ debian.coreutils ];
    script = ''install -D -m 444 /host/tools/python/axe_playwright_python/axe.min.js "$out/axe.min.js"'';
  };

  # The program itself: Debian's script before it reads /etc, of which builds see nothing.
  chromium = linkTools {
    name = "chromium";
    hostVersion = hostVersion "chromium";
    programs.chromium = "/usr/lib/chromium/chromium";
  };
  chromedriver = linkTools {
    name = "chromedriver";
    hostVersion = hostVersion "chromium-driver";
    programs.chromedriver = "/usr/bin/chromedriver";
  };
  dejavu_fonts = mkDerivation {
    name = "dejavu-fonts";
    hostVersion = hostVersion "fonts-dejavu-core";
    tools = [ debian.coreutils ];
    script = ''install -D -m 444 -t "$out/share/fonts" /usr/share/fonts/truetype/dejavu/*.ttf'';
  };

  makeFontsConf =
    { fontDirectories }:
    pkgs.writeText "fonts.conf" ''
      <?xml version="1.0"?>
      <!DOCTYPE fontconfig SYSTEM "fonts.dtd">
      <fontconfig>
        ${lib.concatMapStringsSep "" (fonts: "<dir>${fonts}</dir>") fontDirectories}
        <cachedir prefix="xdg">fontconfig</cachedir>
      </fontconfig>
    '';

  # The machine's own, when it is run: no build needs one, and Debian's is years older than any
  # supported cluster. What is first on PATH is this very program.
  kubectl = pkgs.writeShellApplication {
    name = "kubectl";
    runtimeInputs = [ debian.coreutils ];
    text = ''
      while read -r program; do
        [[ $(realpath "$program") == "$(realpath "$0")" ]] || exec "$program" "$@"
      done < <(type -aP kubectl)
      echo "kubectl: this machine has none; install one that fits the cluster (a minor version apart at most)" >&2
      exit 1
    '';
  };

  # Debian's libc6-dev has the static libc where the linker looks for it.
  glibc.static = mkDerivation {
    name = "glibc-static";
    hostVersion = hostVersion "libc6-dev";
    tools = [ debian.coreutils ];
    script = ''
      compgen -G '/usr/lib/*/libc.a' > /dev/null || { echo "this machine has no static libc" >&2; exit 1; }
      mkdir "$out"
    '';
  };

  # What nixpkgs' stdenv has on PATH in every build.
  stdenvTools = [
    debian.bash
    debian.coreutils
    debian.diffutils
    debian.findutils
    debian.gawk
    debian.gnugrep
    debian.gnused
    debian.gnutar
    debian.gzip
  ];

  # Replaces what looks like a store path; nixpkgs' program of that name does the same.
  nukeReferences = pkgs.writeShellApplication {
    name = "nuke-refs";
    runtimeInputs = [ debian.gnused ];
    text = ''
      sed -i -E "s#(/nix/store/)[0-9a-z]{32}-#\1eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-#g" "$@"
    '';
  };
}
