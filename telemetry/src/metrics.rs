//! What is counted: HTTP requests, and RPCs the same on both of their ends.
//!
//! Names and units are those Prometheus users expect. Every label value is a `&'static str`:
//! nothing that a client sends can become one, so the number of series is bounded by the source.
//!
//! | metric | labels |
//! | --- | --- |
//! | `http_requests_total` | `method`, `route`, `status` |
//! | `http_request_duration_seconds` | `method`, `route`, `status` |
//! | `http_requests_in_flight` | |
//! | `grpc_server_started_total` | `grpc_service`, `grpc_method` |
//! | `grpc_server_handled_total` | `grpc_service`, `grpc_method`, `grpc_code` |
//! | `grpc_server_handling_seconds` | `grpc_service`, `grpc_method` |
//! | `grpc_server_in_flight` | `grpc_service`, `grpc_method` |
//! | `grpc_client_…` | the same four, at the caller's end |

use std::time::{Duration, Instant};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
pub use prometheus_client::registry::Registry;
use prometheus_client::registry::Unit;
use tonic::Code;

/// Upper bounds in seconds: from a call on loopback to past every deadline of the system.
const BUCKETS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
];

type Durations<Labels> = Family<Labels, Histogram, fn() -> Histogram>;

fn durations<Labels: Clone + std::hash::Hash + Eq>() -> Durations<Labels> {
    Family::new_with_constructor(|| Histogram::new(BUCKETS))
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: &'static str,
    status: u16,
}

/// The HTTP requests that a server answers. Clones share one set of counters.
#[derive(Clone, Debug)]
pub struct Requests {
    handled: Family<RequestLabels, Counter>,
    seconds: Durations<RequestLabels>,
    in_flight: Gauge,
}

impl Requests {
    /// Registers the `http_…` metrics.
    #[must_use]
    pub fn server(registry: &mut Registry) -> Self {
        let requests = Self {
            handled: Family::default(),
            seconds: durations(),
            in_flight: Gauge::default(),
        };
        registry.register(
            "http_requests",
            "HTTP requests answered",
            requests.handled.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "Time from a request's head to its answer's",
            Unit::Seconds,
            requests.seconds.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "HTTP requests being answered",
            requests.in_flight.clone(),
        );
        requests
    }

    /// Counts a request in; it counts as in flight until the result is dropped.
    #[must_use]
    pub fn start(&self) -> InFlight {
        InFlight::new(self.in_flight.clone())
    }

    /// Counts an answer: `route` is the route's pattern, never the path that was asked for.
    pub fn answered(
        &self,
        method: &'static str,
        route: &'static str,
        status: u16,
        duration: Duration,
    ) {
        let labels = RequestLabels {
            method,
            route,
            status,
        };
        self.handled.get_or_create(&labels).inc();
        let seconds = self.seconds.get_or_create(&labels);
        seconds.observe(duration.as_secs_f64());
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    grpc_service: &'static str,
    grpc_method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HandledLabels {
    grpc_service: &'static str,
    grpc_method: &'static str,
    grpc_code: &'static str,
}

/// The RPCs that a server answers or a client makes. Clones share one set of counters.
#[derive(Clone, Debug)]
pub struct Rpcs {
    started: Family<MethodLabels, Counter>,
    handled: Family<HandledLabels, Counter>,
    seconds: Durations<MethodLabels>,
    in_flight: Family<MethodLabels, Gauge>,
}

impl Rpcs {
    /// Registers the `grpc_server_…` metrics.
    #[must_use]
    pub fn server(registry: &mut Registry) -> Self {
        Self::register(registry, "grpc_server", "the server")
    }

    /// Registers the `grpc_client_…` metrics. Each attempt of a call counts as an RPC.
    #[must_use]
    pub fn client(registry: &mut Registry) -> Self {
        Self::register(registry, "grpc_client", "the client")
    }

    fn register(registry: &mut Registry, prefix: &str, end: &str) -> Self {
        let rpcs = Self {
            started: Family::default(),
            handled: Family::default(),
            seconds: durations(),
            in_flight: Family::default(),
        };
        registry.register(
            format!("{prefix}_started"),
            format!("RPCs started on {end}"),
            rpcs.started.clone(),
        );
        registry.register(
            format!("{prefix}_handled"),
            format!("RPCs completed on {end}, whatever their outcome"),
            rpcs.handled.clone(),
        );
        registry.register_with_unit(
            format!("{prefix}_handling"),
            format!("Time from start to end of an RPC on {end}"),
            Unit::Seconds,
            rpcs.seconds.clone(),
        );
        registry.register(
            format!("{prefix}_in_flight"),
            format!("RPCs under way on {end}"),
            rpcs.in_flight.clone(),
        );
        rpcs
    }

    /// Counts an RPC in, under the names of its service (`package.Service`) and method.
    #[must_use]
    pub fn start(&self, service: &'static str, method: &'static str) -> Call {
        let labels = MethodLabels {
            grpc_service: service,
            grpc_method: method,
        };
        self.started.get_or_create(&labels).inc();
        Call {
            started: Instant::now(),
            _in_flight: InFlight::new(self.in_flight.get_or_create_owned(&labels)),
            labels,
            code: Code::Cancelled,
            rpcs: self.clone(),
        }
    }
}

/// One RPC under way; counted as completed when dropped, as cancelled unless told otherwise.
#[derive(Debug)]
pub struct Call {
    started: Instant,
    _in_flight: InFlight,
    labels: MethodLabels,
    code: Code,
    rpcs: Rpcs,
}

impl Call {
    /// Tells how the RPC ended.
    pub fn ended(&mut self, code: Code) {
        self.code = code;
    }

    /// How the RPC ended, as far as is known.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// How long it has been under way.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let labels = HandledLabels {
            grpc_service: self.labels.grpc_service,
            grpc_method: self.labels.grpc_method,
            grpc_code: code_name(self.code),
        };
        self.rpcs.handled.get_or_create(&labels).inc();
        let seconds = self.rpcs.seconds.get_or_create(&self.labels);
        seconds.observe(self.started.elapsed().as_secs_f64());
    }
}

/// A gauge held one higher for as long as this lives, so that a request that is cut off by its
/// client is counted out as well.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl InFlight {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The names that the gRPC libraries of other languages use as values of `grpc_code`.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "Canceled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(registry: &Registry) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, registry).unwrap();
        text
    }

    #[track_caller]
    fn assert_line(text: &str, line: &str) {
        assert!(text.lines().any(|l| l == line), "no {line:?} in\n{text}");
    }

    #[test]
    fn requests_are_counted_by_route_and_status() {
        let mut registry = Registry::default();
        let requests = Requests::server(&mut registry);
        let request = requests.start();
        assert_line(&text(&registry), "http_requests_in_flight 1");
        drop(request);
        requests.answered("GET", "/", 200, Duration::from_millis(2));

        let text = text(&registry);
        let labels = r#"method="GET",route="/",status="200""#;
        assert_line(&text, "http_requests_in_flight 0");
        assert_line(&text, &format!("http_requests_total{{{labels}}} 1"));
        let histogram = "http_request_duration_seconds";
        assert_line(&text, &format!("{histogram}_count{{{labels}}} 1"));
        assert_line(
            &text,
            &format!("{histogram}_bucket{{le=\"0.001\",{labels}}} 0"),
        );
        assert_line(
            &text,
            &format!("{histogram}_bucket{{le=\"0.0025\",{labels}}} 1"),
        );
    }

    #[test]
    fn both_ends_of_an_rpc_have_the_same_metrics() {
        let method = r#"grpc_service="Recommendations",grpc_method="Recommend""#;
        for end in ["grpc_server", "grpc_client"] {
            let mut registry = Registry::default();
            let rpcs = match end {
                "grpc_server" => Rpcs::server(&mut registry),
                _ => Rpcs::client(&mut registry),
            };
            let mut call = rpcs.start("Recommendations", "Recommend");
            assert_line(&text(&registry), &format!("{end}_in_flight{{{method}}} 1"));
            call.ended(Code::NotFound);
            drop(call);
            drop(rpcs.start("Recommendations", "Recommend"));

            let text = text(&registry);
            assert_line(&text, &format!("{end}_in_flight{{{method}}} 0"));
            assert_line(&text, &format!("{end}_started_total{{{method}}} 2"));
            assert_line(
                &text,
                &format!("{end}_handling_seconds_count{{{method}}} 2"),
            );
            for code in ["NotFound", "Canceled"] {
                let labels = format!("{method},grpc_code=\"{code}\"");
                assert_line(&text, &format!("{end}_handled_total{{{labels}}} 1"));
            }
        }
    }
}
