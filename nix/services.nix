# The one description of the system: what each service listens on, how its health is asked,
# whom it calls, which files it reads. The stack, the images, the Kubernetes objects and the
# checks are functions of this data; a port, a probe or a variable stands here and nowhere else.
# Only the port `metrics` and `public` may be left out; `calls` and `files` may be empty.
{
  recommendations = {
    description = "Picks books of a category for a user, over gRPC";

    # A port is told to the program through its variable; the address it binds through `address`.
    address = "RECOMMENDATIONS_ADDRESS";
    ports = {
      grpc = {
        number = 50051;
        variable = "RECOMMENDATIONS_PORT";
      };
      metrics = {
        number = 9090;
        variable = "METRICS_PORT";
      };
    };

    # The standard grpc.health.v1; an empty service name asks for the server as a whole.
    health = {
      protocol = "grpc";
      port = "grpc";
      live = "";
      ready = "";
    };

    # Whom it calls: nobody.
    calls = { };

    # Files that it reads, told by variable; `path` is where an image has them.
    files.catalogue = {
      source = ../recommendations/catalogue.json;
      path = "/usr/share/recommendations/catalogue.json";
      variable = "CATALOGUE";
    };

    # Seconds that in-flight calls get to finish after SIGTERM, told through the variable.
    drain = {
      seconds = 10;
      variable = "DRAIN_SECONDS";
    };
  };

  marketplace = {
    description = "Renders the bookstore's pages, over HTTP";

    # Visitors reach it, at the port that its health is asked on.
    public = true;

    address = "ROCKET_ADDRESS";
    ports = {
      http = {
        number = 5000;
        variable = "ROCKET_PORT";
      };
      metrics = {
        number = 9090;
        variable = "METRICS_PORT";
      };
    };

    # Neither looks downstream: were recommendations away, every replica would leave the load
    # balancer at once and a visitor would get a refused connection instead of the 503 page.
    health = {
      protocol = "http";
      port = "http";
      live = "/health/live";
      ready = "/health/ready";
    };

    # The name (or addresses) of the callee and its port, told by these variables.
    calls.recommendations = {
      port = "grpc";
      hostVariable = "RECOMMENDATIONS_HOST";
      portVariable = "RECOMMENDATIONS_PORT";
    };

    files = {
      templates = {
        source = ../marketplace/templates;
        path = "/usr/share/marketplace/templates";
        variable = "ROCKET_TEMPLATE_DIR";
      };
      static = {
        source = ../marketplace/static;
        path = "/usr/share/marketplace/static";
        variable = "ROCKET_STATIC_DIR";
      };
    };

    drain = {
      seconds = 5;
      variable = "DRAIN_SECONDS";
    };
  };
}
