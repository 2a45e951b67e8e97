//! Asks recommendations one question: which books to show.
//!
//! The answer comes within the deadline or not at all. Where an attempt fails because the
//! service was not there, it is made once more, at another address if there is one; asking twice
//! does no harm, as an answer changes nothing.

use std::net::SocketAddr;
use std::time::Duration;

use recommendations_proto::recommendations_client::RecommendationsClient;
use recommendations_proto::{BookCategory, BookRecommendation, RecommendationRequest};
use telemetry::export::Exporter;
use telemetry::metrics::{Registry, Rpcs, code_name};
use telemetry::span::{End, Work};
use telemetry::trace::{self, TraceContext};
use tokio::time::{Instant, timeout_at};
use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

use crate::hosts::Target;
use crate::pool::Pool;
use crate::stub::{Connection, Stub, origin};

/// Time for an answer, the second attempt included.
const DEADLINE: Duration = Duration::from_secs(1);
/// How much of it the second attempt may wait for a connection. Enough to bridge the change from
/// one process to the next; short, so that while the service is away its absence is said soon.
const RECONNECT: Duration = Duration::from_millis(250);
/// Books on a page.
const BOOKS: i32 = 3;
/// What is called: its names in metrics and spans.
const NAMES: (&str, &str) = ("Recommendations", "Recommend");

/// Why there are no books to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The service has no such category.
    #[error("recommendations does not know this category")]
    UnknownCategory,
    /// No usable answer within the deadline.
    #[error("recommendations is unavailable")]
    Unavailable,
}

/// The marketplace's end of the RPC. Clones share connections, metrics and exporter.
#[derive(Clone, Debug)]
pub struct Client {
    pool: Pool,
    rpcs: Rpcs,
    exporter: Exporter,
}

impl Client {
    /// Starts to connect, on the current runtime; the service need not be there yet.
    #[must_use]
    pub fn start(targets: Vec<Target>, registry: &mut Registry, exporter: Exporter) -> Self {
        Self {
            pool: Pool::start(targets),
            rpcs: Rpcs::client(registry),
            exporter,
        }
    }

    /// Books of a category for a user, in a fresh choice.
    ///
    /// # Errors
    ///
    /// When there is no answer with books within the deadline.
    pub async fn recommend(
        &self,
        user_id: i32,
        category: BookCategory,
        trace: TraceContext,
    ) -> Result<Vec<BookRecommendation>, Failed> {
        let deadline = Instant::now() + DEADLINE;
        let question = RecommendationRequest {
            user_id,
            category: category.into(),
            max_results: BOOKS,
        };
        let (refused, refusal) = match self.pool.pick(None) {
            None => (None, Status::unavailable("no connection")),
            Some(connection) => {
                let address = connection.address;
                match self.attempt(connection, question, trace, deadline).await {
                    Ok(books) => return Ok(books),
                    Err(status) => (Some(address), status),
                }
            }
        };
        let status = if refusal.code() == Code::Unavailable {
            let again = self.again(refused, question, trace, deadline).await;
            match again {
                Ok(books) => return Ok(books),
                Err(status) => status.unwrap_or(refusal),
            }
        } else {
            refusal
        };
        tracing::warn!(
            code = code_name(status.code()),
            cause = status.message(),
            trace_id = %trace.trace_id(),
            "no recommendations"
        );
        Err(match status.code() {
            Code::NotFound => Failed::UnknownCategory,
            _ => Failed::Unavailable,
        })
    }

    /// The second attempt; an error without a status means that there was no connection for it.
    async fn again(
        &self,
        refused: Option<SocketAddr>,
        question: RecommendationRequest,
        trace: TraceContext,
        deadline: Instant,
    ) -> Result<Vec<BookRecommendation>, Option<Status>> {
        let patience = deadline.min(Instant::now() + RECONNECT);
        let connection = self.pool.wait(refused, patience).await.ok_or(None)?;
        let attempt = self.attempt(connection, question, trace, deadline);
        attempt.await.map_err(Some)
    }

    async fn attempt(
        &self,
        connection: Connection,
        question: RecommendationRequest,
        trace: TraceContext,
        deadline: Instant,
    ) -> Result<Vec<BookRecommendation>, Status> {
        let (service, method) = NAMES;
        let mut call = self.rpcs.start(service, method);
        let (trace, server) = (trace.child(), connection.address);
        let mut request = tonic::Request::new(question);
        request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        if let Ok(value) = MetadataValue::try_from(trace.to_string()) {
            request.metadata_mut().insert(trace::HEADER, value);
        }
        let mut stub = RecommendationsClient::with_origin(Stub(connection.clone()), origin());
        let _in_flight = connection.begin();
        let answer = match timeout_at(deadline, stub.recommend(request)).await {
            Ok(answer) => answer,
            Err(_) => {
                connection.doubt();
                Err(Status::deadline_exceeded("no answer within the deadline"))
            }
        };
        let code = answer.as_ref().map_or_else(Status::code, |_| Code::Ok);
        call.ended(code);
        let work = Work::Call {
            end: End::Client(server),
            service,
            method,
            code,
        };
        self.exporter.ended(trace, call.elapsed(), &work);
        Ok(answer?.into_inner().recommendations)
    }
}

#[cfg(test)]
mod tests {
    use hyper::client::conn::http2;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Only then is the call made again at another address.
    #[tokio::test]
    async fn a_connection_that_closes_after_it_was_picked_is_unavailable() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (sender, connection) = handshake.await.unwrap();
        drop(connection);
        let connection = Connection::new(address, sender);
        let client = Client::start(Vec::new(), &mut Registry::default(), Exporter::default());
        let question = RecommendationRequest::default();
        let trace = TraceContext::of_request(None);
        let deadline = Instant::now() + DEADLINE;
        let answer = client.attempt(connection, question, trace, deadline).await;
        let status = answer.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable, "{status}");
    }
}
