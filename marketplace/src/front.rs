//! Accepts visitors' connections, reads their requests under limits, lets Rocket answer them.
//!
//! Rocket 0.5's own server waits for the head of a request as long as the sender likes, and ends
//! connections in the middle of a request when it stops; neither can be set. So hyper speaks HTTP
//! here, and each request goes to Rocket through its in-process client: routes, guards, fairings
//! and catchers are Rocket's as ever.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use listener::{Connection, Listener, descriptors};
use rocket::http::uri::Origin;
use rocket::http::{Header, Method};
use rocket::local::asynchronous::Client;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::observe::Observer;

/// Time for the head of a request, from its connection's first moment or the last answer; so also
/// the time that a connection may be idle.
const HEAD: Duration = Duration::from_secs(10);
/// Size of a head: bytes, and headers.
const HEAD_BYTES: usize = 16 * 1024;
const HEADERS: usize = 64;
/// Longest wait, at a stop, for the next connection that was made before it.
const WAITING: Duration = Duration::from_millis(1);
/// How long, at most, connections are still served after that: a visitor's next request may be on
/// its way. Its answer says that the connection ends.
const LINGER: Duration = Duration::from_millis(500);
/// How often it is looked whether any connection is left.
const LOOK: Duration = Duration::from_millis(10);

/// What all connections share.
struct Shop {
    rocket: Client,
    closing: AtomicBool,
}

/// Serves the shop until `stop`; then finishes every request that was accepted, for as long as
/// `drain`. A page takes at most its deadline of 1 s; the rest is for slow readers.
pub async fn serve(
    listener: Listener,
    rocket: Client,
    drain: Duration,
    stop: impl Future<Output = ()>,
) {
    let shop = Arc::new(Shop {
        rocket,
        closing: AtomicBool::new(false),
    });
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            connection = listener.accept() => speak(connection, &shop, &open),
            () = &mut stop => break,
        }
    }

    let end = Instant::now() + drain;
    // Who was here before the stop is let in, and after them nobody. Only then do answers end
    // their connections: visitors would come back at once, to a door that is about to close.
    for _ in 0..descriptors::CONNECTIONS {
        match timeout(WAITING, listener.accept()).await {
            Ok(connection) => speak(connection, &shop, &open),
            Err(_) => break,
        }
    }
    drop(listener);
    shop.closing.store(true, Ordering::Relaxed);
    let linger = end.min(Instant::now() + LINGER);
    while open.count() > 0 && Instant::now() < linger {
        sleep(LOOK).await;
    }
    if timeout_at(end, open.shutdown()).await.is_err() {
        // Whoever has not read an answer by now is not waited for.
        tracing::warn!("stopped with connections still open");
    }
}

/// Speaks HTTP on a connection, in a task of its own.
fn speak(connection: Connection, shop: &Arc<Shop>, open: &GracefulShutdown) {
    let peer = connection.peer();
    let activity = connection.activity();
    let shop = Arc::clone(shop);
    let service = service_fn(move |request| {
        let (shop, answering) = (Arc::clone(&shop), activity.answering());
        async move {
            let answer = shop.answer(request, peer).await;
            drop(answering);
            Ok::<_, Infallible>(answer)
        }
    });
    let spoken = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(connection), service);
    let spoken = open.watch(spoken);
    tokio::spawn(async move {
        if let Err(error) = spoken.await {
            tracing::debug!(%peer, %error, "a connection ended early");
        }
    });
}

impl Shop {
    /// Rocket's answer. Nobody sends anything that is wanted, so a body is not read.
    async fn answer<B>(&self, request: Request<B>, peer: SocketAddr) -> Response<Full<Bytes>> {
        let (head, _) = request.into_parts();
        let Ok(method) = Method::from_str(head.method.as_str()) else {
            let status = StatusCode::NOT_IMPLEMENTED;
            self.refused(None, head.uri.path(), status);
            return plain(status, "there is no such method\n");
        };
        let address = head
            .uri
            .path_and_query()
            .map_or("/", |address| address.as_str());
        let mut asked = self.rocket.req(method, address).remote(peer);
        for (name, value) in &head.headers {
            if let Ok(value) = value.to_str() {
                asked.add_header(Header::new(name.as_str().to_owned(), value.to_owned()));
            }
        }
        let answered = asked.dispatch().await;

        let status = StatusCode::from_u16(answered.status().code);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Rocket has a page for an address that it cannot read, and shows it to no fairing.
        if status == StatusCode::BAD_REQUEST && Origin::parse(address).is_err() {
            self.refused(Some(method), head.uri.path(), status);
        }
        let mut response = plain(status, "");
        let headers = response.headers_mut();
        for header in answered.headers().iter() {
            let name = HeaderName::from_str(header.name().as_str());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(header.value())) {
                headers.append(name, value);
            }
        }
        if self.closing.load(Ordering::Relaxed) {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        *response.body_mut() = answered.into_bytes().await.unwrap_or_default().into();
        response
    }

    fn refused(&self, method: Option<Method>, path: &str, status: StatusCode) {
        if let Some(observer) = self.rocket.rocket().state::<Observer>() {
            observer.refused(method, path, status.as_u16());
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response
}
