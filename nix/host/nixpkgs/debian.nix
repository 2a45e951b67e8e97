# Which Debian package brings which programs, by the attribute names of nixpkgs. `nixw` installs
# the packages, those of a browser only for `flake check`; tools.nix makes a package of each line.
let
  tool = package: programs: {
    inherit package programs;
  };
in
rec {
  programs = {
    bash = tool "bash" [
      "bash"
      "sh"
    ];
    coreutils = tool "coreutils" [
      "basename"
      "cat"
      "chmod"
      "cksum"
      "comm"
      "cp"
      "cut"
      "date"
      "dd"
      "df"
      "dirname"
      "du"
      "echo"
      "env"
      "expr"
      "false"
      "head"
      "id"
      "install"
      "join"
      "ln"
      "ls"
      "mkdir"
      "mkfifo"
      "mktemp"
      "mv"
      "nl"
      "nproc"
      "od"
      "paste"
      "printf"
      "pwd"
      "readlink"
      "realpath"
      "rm"
      "rmdir"
      "seq"
      "sha256sum"
      "sleep"
      "sort"
      "split"
      "stat"
      "sync"
      "tac"
      "tail"
      "tee"
      "test"
      "timeout"
      "touch"
      "tr"
      "true"
      "truncate"
      "tsort"
      "tty"
      "uname"
      "uniq"
      "wc"
      "whoami"
    ];
    curl = tool "curl" [ "curl" ];
    diffutils = tool "diffutils" [
      "cmp"
      "diff"
    ];
    findutils = tool "findutils" [
      "find"
      "xargs"
    ];
    gawk = tool "gawk" [
      "awk"
      "gawk"
    ];
    git = tool "git" [ "git" ];
    gnugrep = tool "grep" [
      "egrep"
      "fgrep"
      "grep"
    ];
    gnused = tool "sed" [ "sed" ];
    gnutar = tool "tar" [ "tar" ];
    gzip = tool "gzip" [
      "gunzip"
      "gzip"
      "zcat"
    ];
    jq = tool "jq" [ "jq" ];
    procps = tool "procps" [
      "pgrep"
      "ps"
    ];
    python3 = tool "python3" [ "python3" ];
    yq = tool "yq" [ "yq" ];
    shellcheck = tool "shellcheck" [ "shellcheck" ];
    # Images: written by hand, read by these.
    skopeo = tool "skopeo" [ "skopeo" ];
    umoci = tool "umoci" [ "umoci" ];
    zstd = tool "zstd" [ "zstd" ];
    libdeflate = tool "libdeflate-tools" [ "libdeflate-gzip" ];
    distribution = tool "docker-registry" [ "docker-registry" ];
    # The C compiler drives the linker for rustc; libc6-dev has the static libc.
    gcc = tool "gcc" [
      "cc"
      "gcc"
    ];
    binutils = tool "binutils" [
      "ar"
      "as"
      "ld"
      "ld.bfd"
      "nm"
      "objdump"
      "ranlib"
      "readelf"
      "strings"
      "strip"
    ];
    # The load of the benchmark, over HTTP/1.1 and over gRPC.
    wrk = tool "wrk" [ "wrk" ];
    nghttp2 = tool "nghttp2-client" [ "h2load" ];
  };

  # For the one check that looks at the pages as a visitor does; tools.nix has the programs.
  browser = [
    "chromium"
    "chromium-driver"
    "fonts-dejavu-core"
  ];

  # What builds need beside the programs above.
  libraries = [
    "libc6-dev"
    "python3-pip"
  ];

  # As `nixw` reads it: one line, each package once.
  packages = builtins.concatStringsSep " " (
    map (tool: tool.package) (builtins.attrValues programs) ++ libraries
  );
  browserPackages = builtins.concatStringsSep " " browser;
}
