# nix run .#integration -- [--url URL] [--grpc HOST:PORT]: the black-box checks of a running
# system; without arguments those of the stack's default ports.
{ packages, ... }: packages.integration
