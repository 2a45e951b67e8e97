//! The gRPC server around the service: limits, health, reflection, and an orderly end.
//!
//! Serves `Recommendations`, `grpc.health.v1.Health` (overall and for `Recommendations`) and
//! `grpc.reflection.v1.ServerReflection`.

use std::{
    convert::Infallible, future::Future, io, iter, net::SocketAddr, pin::pin, sync::Arc,
    time::Duration,
};

use listener::{Listener, descriptors};
use recommendations_proto::{
    FILE_DESCRIPTOR_SET, SERVICE_NAME, recommendations_server::RecommendationsServer,
};
use telemetry::{export::Exporter, grpc::ServerLayer, metrics::Rpcs};
use tokio::{sync::oneshot, task::JoinSet, time};
use tokio_stream::{self as stream, StreamExt};
use tonic::transport;
use tonic_health::{
    ServingStatus,
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};
use tonic_reflection::server::Builder as Reflection;

use crate::{bounds::Bounds, catalogue::Catalogue, ending::Ending, service::Recommender};

/// The largest message that is read; a request is a few dozen bytes.
const MAX_MESSAGE_BYTES: usize = 4 * 1024;
/// The most metadata that a call may carry.
const MAX_HEADER_BYTES: u32 = 16 * 1024;
/// Calls at a time on one connection; a client with more waits. [`Bounds`] is that of all of them.
const MAX_STREAMS: u32 = 256;
/// How much a client may send before it is read, a call and a connection: bounds their memory.
const WINDOW_BYTES: u32 = 64 * 1024;
/// A call whose answer has not begun by then is ended, and so is a stream of reflection. How long
/// the answer may take to be read is in [`crate::bounds`].
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a silent peer is asked whether it is still there,
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
/// and how long it has for its answer.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// The calls that metrics have by name.
const METHODS: &[&str] = &[
    "/Recommendations/Recommend",
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
];
/// What the health service reports on: the server as a whole, and its service.
const REPORTED: [&str; 2] = ["", SERVICE_NAME];

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The descriptors of the contract are broken; cannot happen in a program that was built right.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// Serving itself failed.
    #[error("cannot serve: {0}")]
    Serve(#[from] transport::Error),
}

/// A server that listens but does not serve yet.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    address: SocketAddr,
}

impl Server {
    /// Listens on `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// When the port is in use or the address is not of this machine.
    pub async fn bind(address: SocketAddr) -> Result<Self, ServerError> {
        let bound = Listener::bind(address, descriptors::raise()).await;
        let bound = bound.and_then(|listener| Ok((listener.address()?, listener)));
        let (address, listener) =
            bound.map_err(|source| ServerError::Listen { address, source })?;
        Ok(Self { listener, address })
    }

    /// The address that it listens on, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves books of `catalogue` until `shutdown`, then says NOT_SERVING, takes no more
    /// connections and gives the calls in flight `drain` to finish. Calls are counted in `calls`,
    /// their spans go to `exporter`.
    ///
    /// # Errors
    /// When serving fails; calls that outlast the drain are cut off, which is no error.
    pub async fn serve(
        self,
        catalogue: Catalogue,
        calls: Rpcs,
        exporter: Exporter,
        drain: Duration,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), ServerError> {
        let mut health = HealthReporter::new();
        report(&health, ServingStatus::Serving).await;
        let reflection = Reflection::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()?
            .max_decoding_message_size(MAX_MESSAGE_BYTES);
        let (reflection, stop_reflection) = Ending::new(reflection, CALL_TIMEOUT);
        let checks = HealthService::from_health_reporter(health.clone());
        let recommender = Recommender::new(catalogue);

        let bounds = Bounds::default();
        // Ends when this is dropped.
        let mut keeping = JoinSet::new();
        keeping.spawn(bounds.clone().keep());

        let (stop, stopped) = oneshot::channel::<()>();
        // Ends with the stream, when no more connections are taken.
        let listener = Arc::new(self.listener);
        let connections = stream::iter(iter::repeat(())).then(move |()| {
            let listener = Arc::clone(&listener);
            async move { Ok::<_, Infallible>(listener.accept().await) }
        });
        let mut serving = pin!(
            limited()
                .layer(ServerLayer::new(calls, exporter, METHODS))
                .layer(bounds)
                .add_service(
                    RecommendationsServer::new(recommender)
                        .max_decoding_message_size(MAX_MESSAGE_BYTES),
                )
                .add_service(HealthServer::new(checks).max_decoding_message_size(MAX_MESSAGE_BYTES))
                .add_service(reflection)
                .serve_with_incoming_shutdown(connections, async {
                    let _ = stopped.await;
                })
        );

        tokio::select! {
            result = &mut serving => return Ok(result?),
            () = shutdown => {}
        }
        report(&health, ServingStatus::NotServing).await;
        end_watches(&mut health).await;
        drop(stop_reflection);
        drop(stop);
        match time::timeout(drain, serving).await {
            Ok(result) => result?,
            Err(_) => tracing::warn!("calls still open at the end of the drain are cut off"),
        }
        Ok(())
    }
}

/// A server with every limit set, and no service yet.
fn limited() -> transport::Server {
    transport::Server::builder()
        .timeout(CALL_TIMEOUT)
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
}

async fn report(health: &HealthReporter, status: ServingStatus) {
    for name in REPORTED {
        health.set_service_status(name, status).await;
    }
}

/// Ends the `Watch` calls, each after its NOT_SERVING: they have no end of their own, and one of
/// them would use up the whole drain. A status that is cleared ends them; it is set again for `Check`.
async fn end_watches(health: &mut HealthReporter) {
    for name in REPORTED {
        health.clear_service_status(name).await;
    }
    report(health, ServingStatus::NotServing).await;
}
