//! A tower layer for tonic servers: trace context, one log line a call, metrics, a span.
//!
//! A call's status is known when its trailers are sent, not when its handler returns, so the
//! answer's body is watched to its end; a call that is cut off before counts as cancelled.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tonic::{Code, Status};
use tower::{Layer, Service};

use crate::export::Exporter;
use crate::logging::shortened;
use crate::metrics::{Call, Rpcs, code_name};
use crate::span::{End, Work};
use crate::trace::{self, TraceContext};

/// The service of the probes: they come every second, so their lines are shown at `debug`, and
/// they have no spans.
const HEALTH: &str = "grpc.health.v1.Health";
/// The label of calls to methods that the server was not said to have.
const UNKNOWN: (&str, &str) = ("unknown", "unknown");

/// Makes [`Server`]s; see the module.
#[derive(Clone, Debug)]
pub struct ServerLayer {
    rpcs: Rpcs,
    exporter: Exporter,
    methods: &'static [&'static str],
}

impl ServerLayer {
    /// `methods` are the paths to be counted by name (`/package.Service/Method`); others are
    /// counted together, so that a client cannot make up label values.
    #[must_use]
    pub fn new(rpcs: Rpcs, exporter: Exporter, methods: &'static [&'static str]) -> Self {
        Self {
            rpcs,
            exporter,
            methods,
        }
    }

    fn names(&self, path: &str) -> (&'static str, &'static str) {
        let known = self.methods.iter().find(|known| **known == path);
        known
            .and_then(|known| known.strip_prefix('/')?.split_once('/'))
            .unwrap_or(UNKNOWN)
    }
}

impl<S> Layer<S> for ServerLayer {
    type Service = Server<S>;

    fn layer(&self, inner: S) -> Server<S> {
        Server {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service whose calls are logged and counted.
#[derive(Clone, Debug)]
pub struct Server<S> {
    inner: S,
    layer: ServerLayer,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for Server<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: Body,
{
    type Response = Response<Watched<ResponseBody>>;
    type Error = S::Error;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        let header = request.headers().get(trace::HEADER);
        let header = header.and_then(|value| value.to_str().ok());
        let trace = self.layer.exporter.context(header);
        request.extensions_mut().insert(trace);
        let (service, method) = self.layer.names(request.uri().path());
        let line = Line {
            call: self.layer.rpcs.start(service, method),
            exporter: self.layer.exporter.clone(),
            names: (service, method),
            path: shortened(request.uri().path()).to_owned(),
            trace,
        };
        Answer {
            inner: self.inner.call(request),
            line: Some(line),
        }
    }
}

/// What is logged and exported of a call when it ends.
#[derive(Debug)]
struct Line {
    call: Call,
    exporter: Exporter,
    names: (&'static str, &'static str),
    path: String,
    trace: TraceContext,
}

impl Drop for Line {
    fn drop(&mut self) {
        let (duration, code) = (self.call.elapsed(), self.call.code());
        let duration_ms = duration.as_secs_f64() * 1e3;
        let status = code_name(code);
        let (path, trace_id) = (self.path.as_str(), self.trace.trace_id());
        let (service, method) = self.names;
        if service == HEALTH {
            tracing::debug!(method = "POST", path, status, duration_ms, %trace_id, "call");
            return;
        }
        tracing::info!(method = "POST", path, status, duration_ms, %trace_id, "call");
        let work = Work::Call {
            end: End::Server,
            service,
            method,
            code,
        };
        self.exporter.ended(self.trace, duration, &work);
    }
}

/// The status in `headers` (or trailers); `None` where it is still to come.
fn status(headers: &HeaderMap) -> Option<Code> {
    Status::from_header_map(headers).map(|status| status.code())
}

pin_project! {
    /// The future answer of a [`Server`].
    #[derive(Debug)]
    pub struct Answer<F> {
        #[pin]
        inner: F,
        line: Option<Line>,
    }
}

impl<F, ResponseBody, Error> Future for Answer<F>
where
    F: Future<Output = Result<Response<ResponseBody>, Error>>,
{
    type Output = Result<Response<Watched<ResponseBody>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.inner.poll(cx));
        let mut line = this.line.take();
        Poll::Ready(answer.map(|response| {
            // An answer without a body has its status in the headers.
            if let (Some(line), Some(code)) = (&mut line, status(response.headers())) {
                line.call.ended(code);
            }
            response.map(|inner| Watched { inner, line })
        }))
    }
}

pin_project! {
    /// An answer's body; the call is logged when its trailers have passed, or when it is dropped.
    #[derive(Debug)]
    pub struct Watched<B> {
        #[pin]
        inner: B,
        line: Option<Line>,
    }
}

impl<B: Body> Body for Watched<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = ready!(this.inner.poll_frame(cx));
        if let Some(Ok(frame)) = &frame
            && let Some(trailers) = frame.trailers_ref()
            && let Some(mut line) = this.line.take()
        {
            line.call.ended(status(trailers).unwrap_or(Code::Unknown));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Registry;
    use crate::testing::Log;
    use http_body_util::{BodyExt, Empty, Full};
    use std::convert::Infallible;
    use tower::{ServiceExt, service_fn};

    const METHODS: &[&str] = &["/Recommendations/Recommend"];

    /// The metrics after a call to `path` whose answer is `response`, its body read or not.
    async fn after_call<B>(path: &str, response: Response<B>, read: bool) -> String
    where
        B: Body<Data = bytes::Bytes, Error = Infallible> + 'static,
    {
        let mut registry = Registry::default();
        let layer = ServerLayer::new(Rpcs::server(&mut registry), Exporter::default(), METHODS);
        let mut response = Some(response);
        let service = service_fn(move |request: Request<Empty<bytes::Bytes>>| {
            assert!(request.extensions().get::<TraceContext>().is_some());
            let response = response.take().unwrap();
            async { Ok::<_, Infallible>(response) }
        });
        let request = Request::post(path).body(Empty::new()).unwrap();
        let answer = layer.layer(service).oneshot(request).await.unwrap();
        if read {
            answer.into_body().collect().await.unwrap();
        } else {
            drop(answer);
        }
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        text
    }

    fn with_trailers(
        code: &'static str,
    ) -> Response<impl Body<Data = bytes::Bytes, Error = Infallible>> {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", code.parse().unwrap());
        let body = Full::from("message");
        Response::new(body.with_trailers(async { Some(Ok(trailers)) }))
    }

    #[tokio::test]
    async fn the_status_is_that_of_the_trailers() {
        for (code, name) in [("0", "OK"), ("5", "NotFound")] {
            let text = after_call(METHODS[0], with_trailers(code), true).await;
            let expected = format!("grpc_method=\"Recommend\",grpc_code=\"{name}\"}} 1");
            assert!(text.contains(&expected), "{text}");
        }
    }

    #[tokio::test]
    async fn the_status_is_that_of_the_headers_where_there_is_no_body() {
        let response = Status::invalid_argument("no").into_http::<Full<bytes::Bytes>>();
        let text = after_call(METHODS[0], response, true).await;
        assert!(text.contains("grpc_code=\"InvalidArgument\"} 1"), "{text}");
    }

    #[tokio::test]
    async fn a_call_that_is_cut_off_is_cancelled() {
        let text = after_call(METHODS[0], with_trailers("0"), false).await;
        assert!(text.contains("grpc_code=\"Canceled\"} 1"), "{text}");
        assert!(text.contains("grpc_server_in_flight{grpc_service=\"Recommendations\",grpc_method=\"Recommend\"} 0"), "{text}");
    }

    #[tokio::test]
    async fn a_made_up_method_makes_no_series() {
        let text = after_call("/Made/Up", with_trailers("12"), true).await;
        assert!(!text.contains("Made"), "{text}");
        assert!(text.contains("grpc_service=\"unknown\""), "{text}");
    }

    #[tokio::test]
    async fn a_long_path_is_not_logged_in_full() {
        let lines = Log::default();
        let _lines = lines.clone().collect();
        let path = format!("/{}", "x".repeat(10_000));
        after_call(&path, with_trailers("12"), true).await;
        let lines = lines.text();
        assert!(lines.contains(&path[..256]), "{lines}");
        assert!(!lines.contains(&path[..257]), "{lines}");
    }
}
