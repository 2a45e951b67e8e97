# Labels: `common` on every object, `of NAME` on what belongs to a service, `selector NAME` on
# whatever has to find its pods. `owned` is the selector, as kubectl takes it, of all that deploy
# may prune: ours, and of this environment.
{ environment }:
rec {
  common = {
    "app.kubernetes.io/instance" = environment.name;
    "app.kubernetes.io/managed-by" = "nix";
    "app.kubernetes.io/part-of" = "online-books";
  };
  of =
    name:
    common
    // selector name
    // {
      "app.kubernetes.io/name" = name;
    };
  # A Deployment's selector cannot be changed later: only what the original has.
  selector = name: { app = name; };
  owned = builtins.concatStringsSep "," (
    map (label: "${label}=${common.${label}}") (builtins.attrNames common)
  );
}
