//! One connection to one address, and calls on it.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use http_body_util::combinators::MapErr;
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use tokio::sync::Notify;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::failure::one_line;

/// What requests say they were sent to; the connection decides where they go.
#[must_use]
pub fn origin() -> Uri {
    Uri::from_static("http://recommendations")
}

/// A connection that stands. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The peer.
    pub address: SocketAddr,
    /// Sends requests on it.
    pub sender: SendRequest<Body>,
    in_flight: Arc<AtomicUsize>,
    doubted: Arc<Notify>,
}

impl Connection {
    /// A connection to `address`.
    #[must_use]
    pub fn new(address: SocketAddr, sender: SendRequest<Body>) -> Self {
        Self {
            address,
            sender,
            in_flight: Arc::default(),
            doubted: Arc::default(),
        }
    }

    /// Calls that wait for their answers.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Counts a call, for as long as what this returns lives.
    #[must_use]
    pub fn begin(&self) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(&self.in_flight))
    }

    /// Says that a call had no answer in time: perhaps no call has.
    pub fn doubt(&self) {
        self.doubted.notify_one();
    }

    /// Waits for such a doubt.
    pub async fn doubted(&self) {
        self.doubted.notified().await;
    }
}

/// A call that waits for its answer.
#[derive(Debug)]
pub struct InFlight(Arc<AtomicUsize>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Asks the peer at the other end whether it serves, by the standard health protocol.
///
/// # Errors
///
/// When it says that it does not, or breaks. A peer that does not know the protocol is taken for
/// healthy: it answered.
pub async fn healthy(connection: Connection) -> Result<(), Status> {
    let mut stub = HealthClient::with_origin(Stub(connection), origin());
    match stub.check(HealthCheckRequest::default()).await {
        Ok(answer) if answer.get_ref().status() == ServingStatus::Serving => Ok(()),
        Ok(_) => Err(Status::unavailable("it is not serving")),
        Err(status) if status.code() == Code::Unimplemented => Ok(()),
        Err(status) => Err(status),
    }
}

/// One connection as the service that generated code calls.
#[derive(Clone, Debug)]
pub struct Stub(pub Connection);

/// An answer's body whose errors are statuses, as those of the call itself are.
pub type Answer = MapErr<Incoming, fn(hyper::Error) -> Status>;

/// A connection that broke tells nothing about the question: the service was not there.
fn absence(error: hyper::Error) -> Status {
    Status::unavailable(one_line(&error))
}

impl tower::Service<Request<Body>> for Stub {
    type Response = Response<Answer>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Answer>, Status>> + Send>>;

    /// Always: generated code turns an error here into UNKNOWN, whatever its code, and the call
    /// would not be made again. A connection that has just closed says so when it is used.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.0.sender.send_request(request);
        Box::pin(async {
            let answer = answer.await.map_err(absence)?;
            Ok(answer.map(|body| body.map_err(absence as fn(hyper::Error) -> Status)))
        })
    }
}
