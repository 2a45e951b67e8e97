//! Logs, metrics and traces, the same in every service.
//!
//! | part | for |
//! | --- | --- |
//! | [`logging::init`] | `tracing`: readable on a terminal, JSON lines otherwise |
//! | [`trace::TraceContext`] | the W3C `traceparent` of a request: read, made, passed on |
//! | [`export::Exporter`], [`span::Work`] | spans for an OpenTelemetry collector, over OTLP; off by default |
//! | [`metrics`] | Prometheus counters and histograms for HTTP and for both ends of an RPC |
//! | [`grpc::ServerLayer`] | one tower layer for a tonic server: trace context, log line, metrics, span |
//! | [`scrape`] | the small listener that serves `/metrics` |
//! | [`shutdown::Signals`] | SIGTERM and SIGINT as one future |
//!
//! A tonic server needs this much of it:
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let _logging = telemetry::logging::init()?;
//! let signals = telemetry::shutdown::Signals::new()?;
//! let mut registry = telemetry::metrics::Registry::default();
//! let rpcs = telemetry::metrics::Rpcs::server(&mut registry);
//! let exporter = telemetry::export::Exporter::from_env("recommendations")?;
//! let methods = &["/Recommendations/Recommend"];
//! let layer = telemetry::grpc::ServerLayer::new(rpcs, exporter.clone(), methods);
//! if let Some(port) = Some(9090) {
//!     let listener = telemetry::scrape::bind(([127, 0, 0, 1], port).into())?;
//!     telemetry::scrape::start(listener, registry)?;
//! }
//! # #[cfg(any())]
//! tonic::transport::Server::builder()
//!     .layer(layer)
//!     .add_service(recommendations)
//!     .serve_with_incoming_shutdown(incoming, signals.recv())
//!     .await?;
//! exporter.shutdown();
//! # let _ = (layer, signals);
//! # Ok(())
//! # }
//! ```
//!
//! A handler finds the call's [`trace::TraceContext`] in the request's extensions.

pub mod export;
pub mod grpc;
mod lines;
pub mod logging;
pub mod metrics;
pub mod scrape;
pub mod shutdown;
pub mod span;
#[cfg(test)]
mod testing;
pub mod trace;
