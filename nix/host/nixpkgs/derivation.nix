# The one way in which the stand-ins make a derivation: bash, the declared tools on PATH, and a
# script that goes through a file (an environment string is limited to 128 KiB).
{
  lib,
  system,
  versions,
}:
{
  name,
  script,
  # The version of what it takes from the host. It is in the derivation, and so in those that use
  # its result: two hosts must not claim one store path for different bytes.
  hostVersion ? "",
  tools ? [ ],
  environment ? { },
  meta ? { },
  passthru ? { },
}:
derivation (
  environment
  // {
    inherit name script system;
    # What every build meets, whatever its tools are.
    host = "bash ${versions.debian.bash}, libc ${versions.debian.libc6}, ${hostVersion}";
    builder = "/bin/bash";
    args = [
      "-euc"
      ''set -o pipefail; source "$scriptPath"''
    ];
    passAsFile = [ "script" ] ++ (environment.passAsFile or [ ]);
    PATH = lib.makeBinPath tools;
    LC_ALL = "C.UTF-8";
    SOURCE_DATE_EPOCH = "1";
  }
)
// {
  inherit meta passthru;
}
// passthru
