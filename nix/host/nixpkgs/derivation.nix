# The one way in which the stand-ins make a derivation: bash, the declared tools on PATH, the
# fingerprint of the host, and a script that goes through a file (an environment string is
# limited to 128 KiB).
{
  lib,
  system,
  fingerprint,
}:
{
  name,
  script,
  tools ? [ ],
  environment ? { },
  meta ? { },
  passthru ? { },
}:
derivation (
  environment
  // {
    inherit
      fingerprint
      name
      script
      system
      ;
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
