//! Hands finished spans to an OpenTelemetry collector: OTLP over gRPC, without TLS.
//!
//! Off unless an endpoint is set. A collector that is away, slow or hanging costs no request:
//! spans wait in a bounded queue, are dropped without a word where it is full, and are sent from
//! threads of their own.
//!
//! | variable | says |
//! | --- | --- |
//! | `OTEL_EXPORTER_OTLP_ENDPOINT`, `…_TRACES_ENDPOINT` | where the collector is, `http://HOST:PORT` |
//! | `OTEL_EXPORTER_OTLP_HEADERS`, `…_TIMEOUT` | what each export carries; milliseconds that it may take |
//! | `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` | who sends; the program's name without them |
//! | `OTEL_TRACES_SAMPLER`, `…_SAMPLER_ARG` | which requests have spans; see [`Sampler`] |
//! | `OTEL_BSP_…` | the queue's size, a batch's size, milliseconds between two exports |
//! | `OTEL_SDK_DISABLED=true`, `OTEL_TRACES_EXPORTER=none` | off, whatever else is set |
//!
//! They mean what the OpenTelemetry specification says, except that a URL, a name or a number that
//! cannot be used stops the start instead of being passed over. Of headers and attributes, the
//! library passes over those pairs that it cannot read.

mod config;
mod delivery;
mod sampler;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::trace::{
    BatchConfig, BatchSpanProcessor, SpanExporter as SendSpans, SpanProcessor,
};

pub use config::Error;
pub use sampler::Sampler;

use crate::span::{self, Work};
use crate::trace::TraceContext;

/// Time that the last spans get at the end of the process.
const FLUSH: Duration = Duration::from_secs(1);

/// Where finished spans go. Clones share one queue; the default one is off.
#[derive(Clone, Debug, Default)]
pub struct Exporter(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    sampler: Sampler,
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
}

impl Exporter {
    /// As the environment says; `service` is the name where it says none.
    ///
    /// # Errors
    ///
    /// When a variable holds what cannot be used, and when the machine refuses a thread.
    pub fn from_env(service: &'static str) -> Result<Self, Error> {
        let variable = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        let Some(config) = config::read(variable)? else {
            return Ok(Self::default());
        };
        Ok(Self::new(
            config.sampler,
            delivery::start(&config, service)?,
        ))
    }

    fn new(sampler: Sampler, delivery: impl SendSpans + 'static) -> Self {
        Self(Some(Arc::new(Inner {
            sampler,
            processor: BatchSpanProcessor::new(delivery, BatchConfig::default()),
            scope: InstrumentationScope::builder(env!("CARGO_PKG_NAME")).build(),
        })))
    }

    /// The context of a request with this `traceparent`, and whether it is to have spans.
    #[must_use]
    pub fn context(&self, header: Option<&str>) -> TraceContext {
        let context = TraceContext::of_request(header);
        match &self.0 {
            Some(inner) => context.with_sampled(inner.sampler.samples(context)),
            // As the caller says. A trace that begins here says that it is not recorded, and a
            // service that follows its caller then records none of it.
            None => context,
        }
    }

    /// Takes a piece of work that has just ended, and took this long; never waits.
    pub fn ended(&self, trace: TraceContext, duration: Duration, work: &Work<'_>) {
        if let Some(inner) = &self.0
            && trace.is_sampled()
        {
            let scope = inner.scope.clone();
            let span = span::data(trace, SystemTime::now(), duration, work, scope);
            inner.processor.on_end(span);
        }
    }

    /// Sends what is queued; waits for at most a second, in which the thread is blocked. To be
    /// called last: spans that end later are dropped.
    pub fn shutdown(&self) {
        if let Some(inner) = &self.0
            && let Err(error) = inner.processor.shutdown_with_timeout(FLUSH)
        {
            tracing::warn!(%error, "the last spans may be lost");
        }
    }
}

#[cfg(test)]
mod tests;
