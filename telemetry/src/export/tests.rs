//! The exporter with a collector that is a list, or that hangs.

use std::sync::Mutex;
use std::time::Instant;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::SpanData;

use super::*;

const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
const WORK: Work<'_> = Work::Request {
    method: "GET",
    route: Some("/"),
    path: "/",
    status: 200,
};

/// Keeps what it is sent.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SendSpans for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

/// Never answers.
#[derive(Debug)]
struct Hanging;

impl SendSpans for Hanging {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        std::future::pending().await
    }
}

#[test]
fn sampled_work_is_sent_at_the_latest_at_the_end() {
    let kept = Kept::default();
    let exporter = Exporter::new(Sampler::default(), kept.clone());
    let sampled = exporter.context(Some(&format!("{CALLER}-01")));
    let unsampled = exporter.context(Some(&format!("{CALLER}-00")));
    let own = exporter.context(None);
    assert!(own.is_sampled(), "a trace that begins here is recorded");
    for trace in [sampled, unsampled, own] {
        exporter.ended(trace, Duration::ZERO, &WORK);
    }

    exporter.shutdown();

    let sent = kept.0.lock().unwrap();
    let sent: Vec<_> = sent.iter().map(|span| &span.span_context).collect();
    let expected = [sampled.trace_id(), own.trace_id()];
    assert_eq!(
        sent.iter()
            .map(|it| it.trace_id().to_string())
            .collect::<Vec<_>>(),
        expected.map(|id| id.to_string())
    );
}

#[test]
fn an_exporter_that_is_off_changes_nothing() {
    let exporter = Exporter::default();
    assert!(!exporter.context(None).is_sampled());
    for (flags, sampled) in [("01", true), ("00", false)] {
        let context = exporter.context(Some(&format!("{CALLER}-{flags}")));
        assert_eq!(context.is_sampled(), sampled);
        exporter.ended(context, Duration::ZERO, &WORK);
    }
    exporter.shutdown();
}

#[test]
fn a_collector_that_hangs_holds_up_nobody() {
    let exporter = Exporter::new(Sampler::default(), Hanging);
    let trace = exporter.context(None);
    let begun = Instant::now();
    // Many times the queue's size: what is too much is dropped.
    for _ in 0..20_000 {
        exporter.ended(trace, Duration::ZERO, &WORK);
    }
    exporter.shutdown();
    let took = begun.elapsed();
    assert!(took < FLUSH * 3, "{took:?}");
}
