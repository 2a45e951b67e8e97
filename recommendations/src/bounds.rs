//! A tower layer that bounds the calls of the whole process, however many connections they come
//! on: the server's own limits hold for each connection alone.
//!
//! A call beyond the bound is UNAVAILABLE at once, which tells a client to try another replica.
//! Checks of health and watches of it have bounds of their own: calls cannot keep probes from
//! their answer, and watches, which have no end, can keep neither from theirs.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use listener::Activity;
use pin_project_lite::pin_project;
use tokio::time::interval;
use tonic::Status;
use tower::{Layer, Service};

use crate::{
    calls::{Calls, Place},
    held::Held,
};

/// Calls of each kind at a time. One takes a few KiB; answering takes microseconds, so that so
/// many are open only where peers are slow.
const MOST: usize = 1024;
/// Time for a call, from its headers to the last byte of its answer.
const LIMIT: Duration = Duration::from_secs(8);
/// How often it is looked whether a call has passed its limit.
const LOOK: Duration = Duration::from_secs(1);

/// The bounds. Clones share them.
#[derive(Clone, Debug)]
pub struct Bounds {
    calls: Arc<Calls>,
    checks: Arc<Calls>,
    watches: Arc<Calls>,
}

impl Default for Bounds {
    fn default() -> Self {
        let calls = |limit| Arc::new(Calls::new(MOST, limit));
        Self {
            calls: calls(Some(LIMIT)),
            checks: calls(Some(LIMIT)),
            watches: calls(None),
        }
    }
}

impl Bounds {
    /// Looks for calls that have passed their limit, for as long as it is polled.
    pub async fn keep(self) {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            self.calls.end_overdue();
            self.checks.end_overdue();
        }
    }

    fn of(&self, path: &str) -> &Arc<Calls> {
        match path {
            "/grpc.health.v1.Health/Check" => &self.checks,
            "/grpc.health.v1.Health/Watch" => &self.watches,
            _ => &self.calls,
        }
    }
}

impl<S> Layer<S> for Bounds {
    type Service = Bounded<S>;

    fn layer(&self, inner: S) -> Bounded<S> {
        let bounds = self.clone();
        Bounded { inner, bounds }
    }
}

/// A service whose calls are bounded.
#[derive(Clone, Debug)]
pub struct Bounded<S> {
    inner: S,
    bounds: Bounds,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for Bounded<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: Body<Data = Bytes> + Default,
{
    type Response = Response<Held<ResponseBody>>;
    type Error = S::Error;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let connection = request.extensions().get::<Activity>().cloned();
        let place = self.bounds.of(request.uri().path()).enter(connection);
        let inner = place.is_some().then(|| self.inner.call(request));
        Answer { inner, place }
    }
}

pin_project! {
    /// The future answer of a [`Bounded`]; without an inner one, a refusal.
    #[derive(Debug)]
    pub struct Answer<F> {
        #[pin]
        inner: Option<F>,
        place: Option<Place>,
    }
}

impl<F, ResponseBody, Error> Future for Answer<F>
where
    F: Future<Output = Result<Response<ResponseBody>, Error>>,
    ResponseBody: Default,
{
    type Output = Result<Response<Held<ResponseBody>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = match this.inner.as_pin_mut() {
            Some(inner) => ready!(inner.poll(cx)),
            None => Ok(Status::unavailable("too many calls at a time").into_http()),
        };
        let place = this.place.take();
        Poll::Ready(answer.map(|response| response.map(|inner| Held::new(inner, place))))
    }
}
