//! What a span says of a piece of work: names and attributes by OpenTelemetry's semantic
//! conventions (<https://opentelemetry.io/docs/specs/semconv/>).

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanContext, SpanKind, Status, TraceFlags, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use tonic::Code;

use crate::metrics::code_name;
use crate::trace::TraceContext;

/// A piece of work that has ended.
#[derive(Clone, Copy, Debug)]
pub enum Work<'a> {
    /// An HTTP request that was answered.
    Request {
        /// Its method.
        method: &'static str,
        /// The pattern of the route that answered, if one did.
        route: Option<&'static str>,
        /// The path that was asked for.
        path: &'a str,
        /// The answer's status.
        status: u16,
    },
    /// One RPC, at one of its ends.
    Call {
        /// Which end.
        end: End,
        /// The service's name (`package.Service`).
        service: &'static str,
        /// The method's name.
        method: &'static str,
        /// How it ended.
        code: Code,
    },
}

/// An end of an RPC.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// It was answered here.
    Server,
    /// It was made here, to this address.
    Client(SocketAddr),
}

/// The span of `work`, which ended at `end` and took `duration`.
pub(crate) fn data(
    trace: TraceContext,
    end: SystemTime,
    duration: Duration,
    work: &Work<'_>,
    scope: InstrumentationScope,
) -> SpanData {
    let kind = match work {
        Work::Call {
            end: End::Client(_),
            ..
        } => SpanKind::Client,
        Work::Request { .. } | Work::Call { .. } => SpanKind::Server,
    };
    SpanData {
        span_context: SpanContext::new(
            trace.trace_id.into(),
            trace.span_id.into(),
            TraceFlags::SAMPLED,
            false,
            TraceState::NONE,
        ),
        parent_span_id: trace.parent_id.into(),
        // What is made here is part of what is answered here; that is part of its caller's work.
        parent_span_is_remote: kind == SpanKind::Server,
        span_kind: kind,
        name: name(work).into(),
        start_time: end.checked_sub(duration).unwrap_or(end),
        end_time: end,
        attributes: attributes(work),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: if failed(work) {
            Status::error("")
        } else {
            Status::Unset
        },
        instrumentation_scope: scope,
    }
}

/// Groups spans that are alike, so nothing in it is what a client made up.
fn name(work: &Work<'_>) -> String {
    match work {
        Work::Request { method, route, .. } => match route {
            Some(route) => format!("{method} {route}"),
            None => (*method).to_owned(),
        },
        Work::Call {
            service, method, ..
        } => format!("{service}/{method}"),
    }
}

fn attributes(work: &Work<'_>) -> Vec<KeyValue> {
    let mut attributes = Vec::with_capacity(7);
    let mut say = |attribute| attributes.push(attribute);
    match *work {
        Work::Request {
            method,
            route,
            path,
            status,
        } => {
            say(KeyValue::new("http.request.method", method));
            say(KeyValue::new("url.scheme", "http"));
            say(KeyValue::new("url.path", path.to_owned()));
            say(KeyValue::new(
                "http.response.status_code",
                i64::from(status),
            ));
            if let Some(route) = route {
                say(KeyValue::new("http.route", route));
            }
            if failed(work) {
                say(KeyValue::new("error.type", status.to_string()));
            }
        }
        Work::Call {
            end,
            service,
            method,
            code,
        } => {
            say(KeyValue::new("rpc.system", "grpc"));
            say(KeyValue::new("rpc.service", service));
            say(KeyValue::new("rpc.method", method));
            say(KeyValue::new(
                "rpc.grpc.status_code",
                i64::from(code as i32),
            ));
            if let End::Client(server) = end {
                say(KeyValue::new("server.address", server.ip().to_string()));
                say(KeyValue::new("server.port", i64::from(server.port())));
            }
            if failed(work) {
                say(KeyValue::new("error.type", code_name(code)));
            }
        }
    }
    attributes
}

/// Whether whoever did the work is to blame. To a client each status but OK is a failure; a
/// server has done right when it tells a client what is wrong with its request.
fn failed(work: &Work<'_>) -> bool {
    match *work {
        Work::Request { status, .. } => status >= 500,
        Work::Call {
            end: End::Client(_),
            code,
            ..
        } => code != Code::Ok,
        Work::Call {
            end: End::Server,
            code,
            ..
        } => matches!(
            code,
            Code::Unknown
                | Code::DeadlineExceeded
                | Code::Unimplemented
                | Code::Internal
                | Code::Unavailable
                | Code::DataLoss
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const TOOK: Duration = Duration::from_millis(3);

    fn span(trace: TraceContext, work: &Work<'_>) -> SpanData {
        let scope = InstrumentationScope::default();
        data(trace, SystemTime::UNIX_EPOCH + TOOK, TOOK, work, scope)
    }

    fn call(end: End, code: Code) -> Work<'static> {
        Work::Call {
            end,
            service: "Recommendations",
            method: "Recommend",
            code,
        }
    }

    fn page(status: u16) -> Work<'static> {
        Work::Request {
            method: "GET",
            route: Some("/categories/<category>"),
            path: "/categories/self-help",
            status,
        }
    }

    fn client() -> End {
        End::Client(([10, 0, 0, 7], 50051).into())
    }

    /// The attributes as text, in order of their names.
    fn said(span: &SpanData) -> Vec<String> {
        let one = |it: &KeyValue| format!("{}={}", it.key, it.value);
        let mut said: Vec<_> = span.attributes.iter().map(one).collect();
        said.sort();
        said
    }

    #[test]
    fn a_request_and_its_call_are_linked() {
        let request = TraceContext::of_request(Some(CALLER));
        let server = span(request, &page(200));
        let made = span(request.child(), &call(client(), Code::Ok));

        let trace_id = server.span_context.trace_id().to_string();
        assert_eq!(trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(server.parent_span_id.to_string(), "00f067aa0ba902b7");
        assert_eq!(made.span_context.trace_id().to_string(), trace_id);
        assert_eq!(made.parent_span_id, server.span_context.span_id());
        assert_eq!(server.span_kind, SpanKind::Server);
        assert_eq!(made.span_kind, SpanKind::Client);
        assert!(server.parent_span_is_remote && !made.parent_span_is_remote);
        // The header that goes out has the ids of the span that is exported.
        let span_id = made.span_context.span_id().to_string();
        let header = request.child().to_string();
        assert!(header.starts_with(&format!("00-{trace_id}-")) && !header.contains(&span_id));
    }

    #[test]
    fn a_trace_that_begins_here_has_a_root() {
        let root = span(TraceContext::of_request(None), &page(200));
        assert_eq!(root.parent_span_id, opentelemetry::trace::SpanId::INVALID);
        assert!(root.span_context.is_valid());
    }

    #[test]
    fn a_span_begins_before_its_end_by_what_the_work_took() {
        let span = span(TraceContext::start(), &page(200));
        assert_eq!(span.start_time, SystemTime::UNIX_EPOCH);
        assert_eq!(span.end_time, span.start_time + TOOK);
    }

    #[test]
    fn a_request_is_described() {
        let described = span(TraceContext::start(), &page(503));
        assert_eq!(described.name, "GET /categories/<category>");
        let expected = [
            "error.type=503",
            "http.request.method=GET",
            "http.response.status_code=503",
            "http.route=/categories/<category>",
            "url.path=/categories/self-help",
            "url.scheme=http",
        ];
        assert_eq!(said(&described), expected);

        let unmatched = Work::Request {
            method: "GET",
            route: None,
            path: "/nowhere",
            status: 404,
        };
        let unmatched = span(TraceContext::start(), &unmatched);
        assert_eq!(unmatched.name, "GET");
        assert!(
            !said(&unmatched)
                .iter()
                .any(|it| it.starts_with("http.route"))
        );
    }

    #[test]
    fn both_ends_of_a_call_are_described() {
        let made = span(TraceContext::start(), &call(client(), Code::NotFound));
        assert_eq!(made.name, "Recommendations/Recommend");
        let expected = [
            "error.type=NotFound",
            "rpc.grpc.status_code=5",
            "rpc.method=Recommend",
            "rpc.service=Recommendations",
            "rpc.system=grpc",
            "server.address=10.0.0.7",
            "server.port=50051",
        ];
        assert_eq!(said(&made), expected);
        let answered = span(TraceContext::start(), &call(End::Server, Code::NotFound));
        assert_eq!(said(&answered), expected[1..5]);
    }

    #[test]
    fn failures_are_those_of_whoever_did_the_work() {
        let cases = [
            (page(200), false),
            (page(404), false),
            (page(500), true),
            (page(503), true),
            (call(client(), Code::Ok), false),
            (call(client(), Code::NotFound), true),
            (call(client(), Code::Unavailable), true),
            (call(End::Server, Code::Ok), false),
            (call(End::Server, Code::InvalidArgument), false),
            (call(End::Server, Code::Cancelled), false),
            (call(End::Server, Code::Internal), true),
            (call(End::Server, Code::Unimplemented), true),
        ];
        for (work, failed) in cases {
            let status = span(TraceContext::start(), &work).status;
            assert_eq!(status != Status::Unset, failed, "{work:?}");
        }
    }
}
