//! Gives reflection's streams an end. They last for as long as their client likes, and one of them
//! would use up the whole drain.
//!
//! What ends is the client's half, as if it had asked its last question: the service answers what
//! came before, and the call is OK.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use http_body::Frame;
use tokio::{sync::watch, time};
use tonic::{Status, body::Body, server::NamedService};
use tower::Service;

/// A service whose requests end when they have lasted long enough, and when the server stops.
#[derive(Clone, Debug)]
pub struct Ending<S> {
    inner: S,
    limit: Duration,
    stopped: watch::Receiver<()>,
}

impl<S> Ending<S> {
    /// Each request ends after `limit`, and all of them when the sender is dropped.
    pub fn new(inner: S, limit: Duration) -> (Self, watch::Sender<()>) {
        let (stop, stopped) = watch::channel(());
        let ending = Self {
            inner,
            limit,
            stopped,
        };
        (ending, stop)
    }
}

impl<S: NamedService> NamedService for Ending<S> {
    const NAME: &'static str = S::NAME;
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for Ending<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        let (limit, mut stopped) = (self.limit, self.stopped.clone());
        let end = Box::pin(async move {
            let _ = time::timeout(limit, stopped.changed()).await;
        });
        let end: Option<End> = Some(end);
        let request = request.map(|inner| Body::new(Until { inner, end }));
        self.inner.call(request)
    }
}

type End = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A request's body, until its end; `None` once that has come.
struct Until {
    inner: Body,
    end: Option<End>,
}

impl http_body::Body for Until {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let over = self
            .end
            .as_mut()
            .is_none_or(|end| end.as_mut().poll(cx).is_ready());
        if over {
            self.end = None;
            return Poll::Ready(None);
        }
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.end.is_none() || self.inner.is_end_stream()
    }
}
