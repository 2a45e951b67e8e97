# nix run .#stack: both services on this machine, the page on http://localhost:5000.
{ stack, ... }: stack.package
