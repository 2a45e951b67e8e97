//! Spans at a collector: a page is one trace; a collector that is not there costs nothing.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    time::{Duration, Instant},
};

use http::{HeaderMap, Method};
use integration::system::System;
use opentelemetry_proto::tonic::trace::v1::{span::SpanKind, status::StatusCode};
use serde_json::Value;

use crate::{
    collector::{Collector, Sent, text},
    programs::{Program, connect, marketplace_with, recommendations_with},
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// The deadline of a page (1 s), and what a busy machine may add.
const DEADLINE: Duration = Duration::from_millis(1500);
/// More than a drain and the last export take, less than the 10 s of an export without an answer.
const END: Duration = Duration::from_secs(8);

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The page's status, when it is asked for as part of the caller's trace.
async fn page(system: &System, path: &str, flags: &str) -> u16 {
    let traceparent = format!("00-{TRACE}-{CALLER}-{flags}");
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", traceparent.parse().unwrap());
    let answer = system.request(Method::GET, path, headers).await.unwrap();
    answer.status.as_u16()
}

/// The one span of a trace that this service sent, of this kind.
fn the<'a>(trace: &'a [Sent], service: &str, kind: SpanKind) -> &'a Sent {
    let is_it = |sent: &&Sent| {
        let name = text(&sent.resource, "service.name");
        name.as_deref() == Some(service) && sent.span.kind() == kind
    };
    let found: Vec<_> = trace.iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{service} {kind:?} in {trace:#?}");
    found[0]
}

/// Checks that it is a page's trace, under this parent.
fn assert_page(trace: &[Sent], parent: &str) {
    assert_eq!(trace.len(), 3, "{trace:#?}");
    let request = the(trace, "marketplace", SpanKind::Server);
    let call = the(trace, "marketplace", SpanKind::Client);
    let answer = the(trace, "recommendations", SpanKind::Server);
    assert_eq!(hex(&request.span.parent_span_id), parent);
    assert_eq!(call.span.parent_span_id, request.span.span_id);
    assert_eq!(answer.span.parent_span_id, call.span.span_id);

    assert_eq!(request.span.name, "GET /");
    for call in [call, answer] {
        assert_eq!(call.span.name, "Recommendations/Recommend");
        let code = text(&call.span.attributes, "rpc.grpc.status_code");
        assert_eq!(code.as_deref(), Some("0"));
    }
    let status = text(&request.span.attributes, "http.response.status_code");
    assert_eq!(status.as_deref(), Some("200"));
    for sent in trace {
        assert!(sent.span.start_time_unix_nano < sent.span.end_time_unix_nano);
        assert_eq!(sent.span.status.as_ref().unwrap().code(), StatusCode::Unset);
        assert_eq!(sent.tenant.as_deref(), Some("books"));
        assert_eq!(text(&sent.resource, "region").as_deref(), Some("here"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_one_trace_of_three_spans() {
    let collector = Collector::start();
    let variables = [
        (ENDPOINT, &*collector.endpoint),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=books"),
        ("OTEL_RESOURCE_ATTRIBUTES", "region=here"),
        // Only the end makes them send.
        ("OTEL_BSP_SCHEDULE_DELAY", "600000"),
    ];
    let recommendations = recommendations_with(0, &variables);
    let marketplace = marketplace_with(&[&recommendations], &variables);
    let system = connect(&marketplace, &recommendations).await;

    assert_eq!(page(&system, "/", "01").await, 200);
    assert_eq!(page(&system, "/", "00").await, 200);
    assert_eq!(page(&system, "/health/ready", "01").await, 200);
    assert_eq!(system.get("/").await.unwrap().status, 200);
    assert!(collector.sent().is_empty(), "it sends before it has to");
    marketplace.terminate().await;
    recommendations.terminate().await;

    let mut traces = BTreeMap::<_, Vec<_>>::new();
    for sent in collector.sent() {
        let trace = traces.entry(hex(&sent.span.trace_id)).or_default();
        trace.push(sent);
    }
    assert_page(&traces.remove(TRACE).unwrap(), CALLER);
    assert_eq!(traces.len(), 1, "a trace of our own, and no other");
    assert_page(traces.values().next().unwrap(), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_is_marked_and_a_name_of_ones_own_is_used() {
    let collector = Collector::start();
    let variables = [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*collector.endpoint),
        ("OTEL_SERVICE_NAME", "shop"),
    ];
    let recommendations = recommendations_with(0, &[]);
    let marketplace = marketplace_with(&[&recommendations], &variables);
    let system = connect(&marketplace, &recommendations).await;
    recommendations.terminate().await;

    assert_eq!(page(&system, "/", "01").await, 503);
    marketplace.terminate().await;

    let sent = collector.sent();
    let request = the(&sent, "shop", SpanKind::Server);
    assert_eq!(
        request.span.status.as_ref().unwrap().code(),
        StatusCode::Error
    );
    let kind = text(&request.span.attributes, "error.type");
    assert_eq!(kind.as_deref(), Some("503"));
}

/// Both programs with a collector that is not there: pages come all the same, at once.
async fn without_a_collector(endpoint: &str) -> (Program, Program, System) {
    let variables = [(ENDPOINT, endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "20")];
    let recommendations = recommendations_with(0, &variables);
    let marketplace = marketplace_with(&[&recommendations], &variables);
    let system = connect(&marketplace, &recommendations).await;
    for _ in 0..50 {
        let begun = Instant::now();
        assert_eq!(page(&system, "/", "01").await, 200);
        let took = begun.elapsed();
        assert!(took < DEADLINE, "a page took {took:?}");
    }
    (marketplace, recommendations, system)
}

/// They end in order, and soon.
async fn end(programs: [Program; 2]) {
    for program in programs {
        let begun = Instant::now();
        program.terminate().await;
        let took = begun.elapsed();
        assert!(took < END, "the end took {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_costs_no_page_and_is_said_once() {
    let away = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let (marketplace, recommendations, system) = without_a_collector(&away).await;

    let lost = |line: &Value| line.to_string().contains("spans are being lost");
    let line = marketplace.line("that spans are lost", lost);
    assert_eq!(line["endpoint"], away, "{line}");
    recommendations.line("that spans are lost", lost);
    // Time for a few more batches, with the three attempts that each of them takes.
    for _ in 0..30 {
        assert_eq!(page(&system, "/", "01").await, 200);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for (program, target) in [
        (&marketplace, "marketplace"),
        (&recommendations, "recommendations"),
    ] {
        let said = program.lines("spans are being lost");
        assert_eq!(said.len(), 1, "{said:#?}");
        for line in program.lines("") {
            let of = line["target"].as_str().unwrap();
            assert!(
                [target, "telemetry"].contains(&of.split("::").next().unwrap()),
                "{line}"
            );
        }
    }
    end([marketplace, recommendations]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_never_answers_costs_no_page_and_no_end() {
    // Connections are made, and nobody ever reads what comes on them.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", hanging.local_addr().unwrap());
    let (marketplace, recommendations, _system) = without_a_collector(&endpoint).await;
    end([marketplace, recommendations]).await;
}
