# An account of its own for each service, without a token: neither talks to the API server, and
# whoever gives one of them a right later gives it to that one only.
{ labels, ... }:
name: _service: {
  apiVersion = "v1";
  kind = "ServiceAccount";
  metadata = {
    inherit name;
    labels = labels.of name;
  };
  automountServiceAccountToken = false;
}
