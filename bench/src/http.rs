//! A plain HTTP/1 client: one connection, one request after the other, a limit for each.

use std::{io, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use integration::system::root_cause;
use tokio::{net::TcpStream, time::timeout};

/// How long an answer may take, to its last byte.
pub const LIMIT: Duration = Duration::from_secs(5);

/// There is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection.
    #[error("no connection to {authority}: {source}")]
    Connect {
        /// Where to.
        authority: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// The connection broke, or what came was not HTTP.
    #[error("no answer: {}", root_cause(.0))]
    Broken(#[from] hyper::Error),
    /// The path or the authority cannot be sent.
    #[error("not an address: {0}")]
    Address(#[from] http::Error),
    /// It took too long.
    #[error("no answer within {} s", LIMIT.as_secs())]
    Late,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Bytes,
}

/// A connection that is kept for further requests.
#[derive(Debug)]
pub struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    host: HeaderValue,
}

impl Connection {
    /// Connects to `authority` (`HOST:PORT`).
    ///
    /// # Errors
    /// When nobody listens there, or not in time.
    pub async fn open(authority: &str) -> Result<Self, Error> {
        let host = HeaderValue::from_str(authority).map_err(http::Error::from)?;
        let stream = timeout(LIMIT, TcpStream::connect(authority)).await;
        let stream = stream.map_err(|_| Error::Late)?;
        let ready = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
        let stream = ready.map_err(|source| Error::Connect {
            authority: authority.to_owned(),
            source,
        })?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends when the sender is dropped; how, the requests on it have seen.
        tokio::spawn(connection);
        Ok(Self { sender, host })
    }

    /// Asks for `path` and reads the answer.
    ///
    /// # Errors
    /// When there is none in time; the connection is then of no further use.
    pub async fn get(&mut self, path: &str) -> Result<Answer, Error> {
        let answer = async {
            let request = Request::get(path).header(header::HOST, &self.host);
            let request = request.body(Empty::new())?;
            self.sender.ready().await?;
            let response = self.sender.send_request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            Ok(Answer { status, body })
        };
        timeout(LIMIT, answer).await.unwrap_or(Err(Error::Late))
    }
}

/// Asks `authority` for `path`, on a connection of its own.
///
/// # Errors
/// When there is no answer in time.
pub async fn get(authority: &str, path: &str) -> Result<Answer, Error> {
    Connection::open(authority).await?.get(path).await
}
