//! The listener that serves `/metrics` to Prometheus, apart from the service's own port.
//!
//! Its limits are its own, so that a busy or flooded service can still be looked into, and a
//! flood of scrapes takes nothing from the service but a handful of connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::encoding::text::encode;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::metrics::Registry;

/// Scrapes served at a time; more of them wait in the socket's backlog.
const CONNECTIONS: usize = 8;
/// Longest time that one scrape may take, from its first byte to its last.
const SCRAPE: Duration = Duration::from_secs(5);
/// Rest after a failed `accept`, which mostly means that descriptors have run out.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// The metrics port cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot serve metrics on {address} (METRICS_PORT): {source}")]
pub struct BindError {
    /// Where it was tried.
    address: SocketAddr,
    /// What the operating system says.
    source: std::io::Error,
}

/// Takes the port, so that a start fails at once where another process has it.
///
/// # Errors
///
/// When the address is in use or not this machine's.
pub fn bind(address: SocketAddr) -> Result<std::net::TcpListener, BindError> {
    let bound = std::net::TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    bound.map_err(|source| BindError { address, source })
}

/// Serves the registry's metrics until the process ends, on a thread of its own: a scrape does not
/// wait behind the requests of a busy service.
///
/// # Errors
///
/// When the operating system gives no thread.
pub fn start(listener: std::net::TcpListener, registry: Registry) -> std::io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let thread = thread::Builder::new().name("metrics".to_owned());
    thread.spawn(move || runtime.block_on(serve(listener, registry)))?;
    Ok(())
}

async fn serve(listener: std::net::TcpListener, registry: Registry) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "no metrics are served"),
    };
    let registry = Arc::new(registry);
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
        let connection = match listener.accept().await {
            Ok((connection, _)) => connection,
            Err(error) => {
                tracing::warn!(%error, "a scrape could not be accepted");
                sleep(ACCEPT_RETRY).await;
                continue;
            }
        };
        let registry = Arc::clone(&registry);
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let response = respond(&request, &registry);
                async { Ok::<_, Infallible>(response) }
            });
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .keep_alive(false)
                .serve_connection(TokioIo::new(connection), answer);
            // A scraper that hangs up or stalls is its own loss.
            let _ = timeout(SCRAPE, served).await;
            drop(slot);
        });
    }
}

/// The answer to one request on the metrics port.
fn respond<B>(request: &Request<B>, registry: &Registry) -> Response<Full<Bytes>> {
    let (status, body) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/metrics") => {
            let mut text = String::new();
            match encode(&mut text, registry) {
                Ok(()) => (StatusCode::OK, text),
                Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
            }
        }
        (_, "/metrics") => (StatusCode::METHOD_NOT_ALLOWED, "use GET\n".to_owned()),
        _ => (
            StatusCode::NOT_FOUND,
            "metrics are at /metrics\n".to_owned(),
        ),
    };
    let content_type = match status {
        StatusCode::OK => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(content_type),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Rpcs;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    fn get(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn metrics_are_served_and_nothing_else() {
        let listener = bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let mut registry = Registry::default();
        drop(Rpcs::server(&mut registry).start("Recommendations", "Recommend"));
        start(listener, registry).unwrap();

        let ask =
            move |request: &'static str| tokio::task::spawn_blocking(move || get(address, request));
        let metrics = ask("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert!(metrics.starts_with("HTTP/1.1 200 OK"), "{metrics}");
        assert!(metrics.contains("grpc_server_handled_total{"), "{metrics}");
        assert!(metrics.ends_with("# EOF\n"), "{metrics}");
        let other = ask("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(other.starts_with("HTTP/1.1 404"), "{other}");
        let post = ask("POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
        assert!(post.await.unwrap().starts_with("HTTP/1.1 405"));
    }

    #[test]
    fn a_port_in_use_is_named() {
        let first = bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address).unwrap_err().to_string();
        assert!(error.contains(&address.to_string()), "{error}");
        assert!(error.contains("METRICS_PORT"), "{error}");
    }
}
