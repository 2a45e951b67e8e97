//! Takes batches of spans to the collector, and says once when that stops working.
//!
//! That is, when exports fail. Spans that find the queue full do not come here: the library drops
//! them without a word.
//!
//! On a runtime of its own: nothing that hangs there, not even the look-up of a name, keeps a
//! request waiting or the process from ending.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::{SpanData, SpanExporter as SendSpans};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::config::{Config, Error, bad};

/// What sends batches, watched.
#[derive(Debug)]
pub(super) struct Delivery<S> {
    sender: S,
    endpoint: String,
    limit: Duration,
    failing: AtomicBool,
    /// `None` once this is being dropped.
    runtime: Option<Runtime>,
}

/// Gets ready to send to the collector, which need not be there yet.
pub(super) fn start(
    config: &Config,
    service: &'static str,
) -> Result<Delivery<SpanExporter>, Error> {
    let runtime = runtime()?;
    let mut sender = {
        let _inside = runtime.enter();
        let builder = SpanExporter::builder().with_tonic();
        builder
            .with_endpoint(&config.endpoint)
            .build()
            .map_err(|error| bad(config.variable, &config.endpoint, error.to_string()))?
    };
    sender.set_resource(&resource(service));
    Ok(Delivery {
        sender,
        endpoint: config.endpoint.clone(),
        limit: config.limit,
        failing: AtomicBool::new(false),
        runtime: Some(runtime),
    })
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("otlp")
        .enable_all()
        .build()
}

/// Who sends: `OTEL_SERVICE_NAME` goes before `OTEL_RESOURCE_ATTRIBUTES`, both before `service`.
fn resource(service: &'static str) -> Resource {
    let resource = Resource::builder_empty()
        .with_service_name(service)
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::new(EnvResourceDetector::new()));
    match std::env::var("OTEL_SERVICE_NAME") {
        Ok(name) if !name.is_empty() => resource.with_service_name(name),
        _ => resource,
    }
    .build()
}

impl<S: SendSpans> SendSpans for Delivery<S> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let sent = {
            // This is polled on a thread of the queue's; timers need a runtime to begin in.
            let _inside = self.runtime.as_ref().map(Runtime::enter);
            timeout(self.limit, self.sender.export(batch))
        };
        let sent = sent.await;
        let sent = sent.unwrap_or(Err(OTelSdkError::Timeout(self.limit)));
        let failed_before = self.failing.swap(sent.is_err(), Ordering::Relaxed);
        let endpoint = self.endpoint.as_str();
        match &sent {
            Err(error) if !failed_before => {
                tracing::warn!(endpoint, %error, "spans are being lost, requests are not");
            }
            Ok(()) if failed_before => tracing::info!(endpoint, "spans are exported again"),
            _ => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.sender.shutdown_with_timeout(timeout)
    }
}

impl<S> Drop for Delivery<S> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Without waiting for what hangs in it.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::testing::Log;

    /// Fails as long as it is told to; hangs where it is told nothing.
    #[derive(Debug, Default)]
    struct Moody(Mutex<Option<bool>>);

    impl SendSpans for Moody {
        async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
            let fails = *self.0.lock().unwrap();
            match fails {
                Some(true) => Err(OTelSdkError::InternalFailure("refused".to_owned())),
                Some(false) => Ok(()),
                None => std::future::pending().await,
            }
        }
    }

    #[test]
    fn an_outage_is_said_once_and_so_is_its_end() {
        let delivery = Delivery {
            sender: Moody::default(),
            endpoint: "http://collector".to_owned(),
            limit: Duration::from_millis(20),
            failing: AtomicBool::new(false),
            runtime: Some(runtime().unwrap()),
        };
        let log = Log::default();
        let collecting = log.clone().collect();
        let waiting = runtime().unwrap();
        let outages = [Some(true), Some(true), None, Some(false), Some(false), None];
        for fails in outages {
            *delivery.sender.0.lock().unwrap() = fails;
            let sent = waiting.block_on(delivery.export(Vec::new()));
            assert_eq!(sent.is_ok(), fails == Some(false));
        }
        drop(collecting);
        let log = log.text();
        let lines: Vec<_> = log.lines().collect();
        let expected = ["refused", "exported again", "timed out"];
        assert_eq!(lines.len(), expected.len(), "{log}");
        for (line, part) in lines.iter().zip(expected) {
            assert!(
                line.contains(part) && line.contains("http://collector"),
                "{line}"
            );
        }
    }
}
