//! The system under test: a client of its page and a client of its gRPC service, with time limits.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use recommendations_proto::{
    BookRecommendation, RecommendationRequest, recommendations_client::RecommendationsClient,
};
use tokio::time::timeout;
use tonic::{
    Status,
    transport::{Channel, Endpoint},
};

/// How long one request may take, to its last byte.
const LIMIT: Duration = Duration::from_secs(5);

/// The system cannot be reached, or its place is not written right.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `--url` is no URL of a page.
    #[error("--url {0}: expected http://HOST:PORT")]
    Url(String),
    /// `--grpc` is no address.
    #[error("--grpc {0}: expected HOST:PORT")]
    Grpc(String),
    /// Nothing answers.
    #[error(
        "nothing answers at {place} ({cause}); start the system with `nix run .#stack`, \
         or say with --url and --grpc where it runs"
    )]
    NoAnswer {
        /// Where it was asked.
        place: String,
        /// The cause.
        cause: String,
    },
}

impl Error {
    /// 2 for what was written wrong, 1 for what is not there.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Url(_) | Self::Grpc(_) => 2,
            Self::NoAnswer { .. } => 1,
        }
    }
}

/// An answer over HTTP, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as text.
    pub body: String,
}

/// A running system.
#[derive(Debug, Clone)]
pub struct System {
    url: String,
    http: Client<HttpConnector, Empty<Bytes>>,
    grpc: Channel,
}

impl System {
    /// Connects to the page at `url` and the gRPC service at `grpc`; both have to answer.
    ///
    /// # Errors
    /// When one of them is not written right, or nothing answers there.
    pub async fn connect(url: &str, grpc: &str) -> Result<Self, Error> {
        let url = url.trim_end_matches('/');
        let parsed = url.parse::<Uri>().ok();
        if parsed.is_none_or(|uri| uri.scheme_str() != Some("http") || uri.query().is_some()) {
            return Err(Error::Url(url.to_owned()));
        }
        let endpoint = grpc
            .parse::<http::uri::Authority>()
            .ok()
            .filter(|authority| authority.port_u16().is_some())
            .and_then(|authority| Endpoint::from_shared(format!("http://{authority}")).ok())
            .ok_or_else(|| Error::Grpc(grpc.to_owned()))?
            .connect_timeout(LIMIT)
            .timeout(LIMIT);
        let channel = endpoint.connect().await.map_err(|error| Error::NoAnswer {
            place: grpc.to_owned(),
            cause: root_cause(&error),
        })?;
        let system = Self {
            url: url.to_owned(),
            http: Client::builder(TokioExecutor::new()).build_http(),
            grpc: channel,
        };
        match system.get("/health/live").await {
            Ok(_) => Ok(system),
            Err(cause) => Err(Error::NoAnswer {
                place: url.to_owned(),
                cause,
            }),
        }
    }

    /// Asks for `path` with GET.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> Result<Answer, String> {
        self.request(Method::GET, path, HeaderMap::new()).await
    }

    /// Asks for `path` with any method and headers.
    ///
    /// # Errors
    /// When there is no answer within the limit.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
    ) -> Result<Answer, String> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .body(Empty::new())
            .map_err(|error| error.to_string())?;
        *request.headers_mut() = headers;
        let answer = async {
            let response = self.http.request(request).await;
            let (parts, body) = response.map_err(|error| root_cause(&error))?.into_parts();
            let body = body.collect().await.map_err(|error| root_cause(&error))?;
            Ok(Answer {
                status: parts.status,
                headers: parts.headers,
                body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
            })
        };
        timeout(LIMIT, answer)
            .await
            .unwrap_or_else(|_| Err(format!("{path}: no answer within {} s", LIMIT.as_secs())))
    }

    /// Asks the gRPC service for books; `category` is the number on the wire.
    ///
    /// # Errors
    /// The status that the service answers with when it has no books.
    pub async fn recommend(
        &self,
        category: i32,
        max_results: i32,
    ) -> Result<Vec<BookRecommendation>, Status> {
        let mut client = RecommendationsClient::new(self.grpc.clone());
        let request = RecommendationRequest {
            user_id: 1,
            category,
            max_results,
        };
        let response = client.recommend(request).await?;
        Ok(response.into_inner().recommendations)
    }

    /// The connection to the gRPC service, for clients of its other services.
    pub fn grpc(&self) -> Channel {
        self.grpc.clone()
    }
}

/// The innermost cause: the outer ones only say that there was an error.
pub fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
