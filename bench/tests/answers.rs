//! What answers badly gives no figure: the real wrk against small servers that are wrong on
//! purpose.
#![allow(clippy::unwrap_used)]

use std::{convert::Infallible, net::SocketAddr, process::Command};

use bench::{tool, wrk};
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A server that answers every request with this status.
async fn server(status: StatusCode) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = service_fn(move |_| async move {
                let mut response = Response::new(Full::new(Bytes::from_static(b"books")));
                *response.status_mut() = status;
                Ok::<_, Infallible>(response)
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
            tokio::spawn(connection);
        }
    });
    address
}

/// One second of load, or nothing where this machine has no wrk.
async fn load(address: SocketAddr) -> Option<Result<wrk::Load, wrk::Error>> {
    if tool::find("wrk").is_none() {
        eprintln!("skipped: wrk is not on PATH");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    Some(wrk::run(&format!("http://{address}/"), 1, folder.path()).await)
}

#[tokio::test]
async fn a_page_gives_a_figure() {
    let Some(load) = load(server(StatusCode::OK).await).await else {
        return;
    };
    let load = load.unwrap();
    assert!(load.rate > 1.0 && load.p50 > 0.0 && load.p99 >= load.p50);
}

#[tokio::test]
async fn a_page_of_503s_gives_none() {
    let Some(load) = load(server(StatusCode::SERVICE_UNAVAILABLE).await).await else {
        return;
    };
    let error = load.unwrap_err().to_string();
    assert!(error.contains("a status of 400 or more"), "{error}");
}

#[tokio::test]
async fn connections_that_break_give_none() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let Some(load) = load(address).await else {
        return;
    };
    let error = load.unwrap_err().to_string();
    assert!(error.contains("connections broke"), "{error}");
}

#[tokio::test]
async fn where_nobody_listens_there_is_none() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let Some(load) = load(address).await else {
        return;
    };
    let error = load.unwrap_err().to_string();
    assert!(error.contains("unable to connect"), "{error}");
}

/// Runs the program `bench` on the description for cargo.
async fn bench(arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
    command
        .args([
            "--system",
            concat!(env!("CARGO_MANIFEST_DIR"), "/cargo.json"),
        ])
        .args(arguments)
        .current_dir(folder.path())
        // Where logs are left after a failure.
        .env("TMPDIR", folder.path());
    // Not the thread: the server in it has to answer.
    let run = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = run.await.unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), errors)
}

#[tokio::test]
async fn a_system_to_compare_with_that_answers_503_ends_the_program() {
    let address = server(StatusCode::SERVICE_UNAVAILABLE).await;
    let url = format!("http://{address}/");
    let (code, errors) = bench(&["--compare", &url]).await;
    assert_eq!(code, Some(1), "{errors}");
    let line = format!("bench: the page at {url}: {url} answers 503 Service Unavailable\n");
    assert!(errors.contains(&line), "{errors}");
}

#[tokio::test]
async fn wrong_usage_is_said_and_ends_with_2() {
    for (arguments, word) in [
        (&["--rounds", "0"][..], "--rounds"),
        (&["--compare", "ftp://there"], "http://HOST:PORT"),
        (&["--loud"], "--loud"),
    ] {
        let (code, errors) = bench(arguments).await;
        assert_eq!(code, Some(2), "{errors}");
        assert!(errors.contains(word), "{errors}");
    }
}
