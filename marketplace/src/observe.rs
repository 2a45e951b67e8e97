//! One log line a request, its metrics, its trace context and its span.

use std::convert::Infallible;
use std::time::Instant;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Method;
use rocket::request::{FromRequest, Outcome};
use rocket::{Data, Request, Response};
use telemetry::export::Exporter;
use telemetry::logging;
use telemetry::metrics::{InFlight, Requests};
use telemetry::span::Work;
use telemetry::trace::{self, TraceContext};

/// Attached to Rocket, sees every request come and its answer go.
#[derive(Clone, Debug)]
pub struct Observer {
    /// Counts them.
    pub requests: Requests,
    /// Takes their spans.
    pub exporter: Exporter,
}

/// What is remembered of a request until its answer.
struct Arrival {
    at: Instant,
    // Kept, for Rocket makes a GET of a HEAD that no route asks for.
    method: &'static str,
    trace: TraceContext,
    _in_flight: Option<InFlight>,
}

impl Arrival {
    fn of(request: &Request<'_>, exporter: &Exporter, in_flight: Option<InFlight>) -> Self {
        Self {
            at: Instant::now(),
            method: label(request.method()),
            trace: exporter.context(request.headers().get_one(trace::HEADER)),
            _in_flight: in_flight,
        }
    }

    /// For a request that the observer has not seen come; Rocket makes none.
    fn unseen(request: &Request<'_>) -> Self {
        Self::of(request, &Exporter::default(), None)
    }
}

#[rocket::async_trait]
impl Fairing for Observer {
    fn info(&self) -> Info {
        Info {
            name: "log line, metrics and span of a request",
            kind: Kind::Request | Kind::Response,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let arrival = Arrival::of(request, &self.exporter, Some(self.requests.start()));
        request.local_cache(|| arrival);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let arrival = request.local_cache(|| Arrival::unseen(request));
        let path = request.uri().path().as_str();
        let status = response.status().code;
        self.answered(arrival, route(request), path, status);
    }
}

impl Observer {
    /// Notes an answer to what is no request to Rocket, so that the fairing saw neither: its
    /// address is none, or its method (`None`).
    pub fn refused(&self, method: Option<Method>, path: &str, status: u16) {
        let arrival = Arrival {
            at: Instant::now(),
            method: method.map_or("other", label),
            trace: self.exporter.context(None),
            _in_flight: None,
        };
        self.answered(&arrival, None, path, status);
    }

    fn answered(&self, arrival: &Arrival, route: Option<&'static str>, path: &str, status: u16) {
        let duration = arrival.at.elapsed();
        let method = arrival.method;
        let pattern = route.unwrap_or("unmatched");
        self.requests.answered(method, pattern, status, duration);

        let path = logging::shortened(path);
        let duration_ms = duration.as_secs_f64() * 1e3;
        let trace_id = arrival.trace.trace_id();
        // Probes come every second and say nothing new.
        if pattern.starts_with("/health/") {
            tracing::debug!(method, path, status, duration_ms, %trace_id, "request");
            return;
        }
        tracing::info!(method, path, status, duration_ms, %trace_id, "request");
        let work = Work::Request {
            method,
            route,
            path,
            status,
        };
        self.exporter.ended(arrival.trace, duration, &work);
    }
}

/// The pattern of the route that answered, if one did: a label value, so one of a few.
fn route(request: &Request<'_>) -> Option<&'static str> {
    Some(
        match request.route().and_then(|route| route.name.as_deref()) {
            Some("home") => "/",
            Some("category") => "/categories/<category>",
            Some("file") => "/static/<name>",
            Some("live") => "/health/live",
            Some("ready") => "/health/ready",
            _ => return None,
        },
    )
}

/// The method: a label value, so one of a few.
fn label(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Options => "OPTIONS",
        Method::Patch => "PATCH",
        Method::Trace => "TRACE",
        Method::Connect => "CONNECT",
    }
}

/// The request's trace context, for a route.
pub struct Trace(pub TraceContext);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Trace {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self(request.local_cache(|| Arrival::unseen(request)).trace))
    }
}
