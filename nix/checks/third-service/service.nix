# The entry of a third service, as it would stand in nix/services.nix: no metrics, no files, no
# calls, not public, and a port that has the name of the page's.
{
  description = "Sells gift certificates, over HTTP";
  address = "GIFTS_ADDRESS";
  ports.http = {
    number = 5100;
    variable = "GIFTS_PORT";
  };
  health = {
    protocol = "http";
    port = "http";
    live = "/health/live";
    ready = "/health/ready";
  };
  calls = { };
  files = { };
  drain = {
    seconds = 1;
    variable = "GIFTS_DRAIN_SECONDS";
  };
}
