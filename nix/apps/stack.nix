# nix run .#stack: the services on this machine, the page on http://localhost:5000.
{ stack, ... }: stack.package
