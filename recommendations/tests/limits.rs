//! What a client cannot do to the service: each abuse gets an error, and the service stays up.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use recommendations_proto::{
    BookCategory, RecommendationRequest, recommendations_client::RecommendationsClient,
};
use support::Running;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time,
};
use tonic::{Code, Request, client::Grpc, codegen::http::uri::PathAndQuery};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_prost::ProstCodec;

const TEN_MEGABYTES: usize = 10_000_000;
/// What every HTTP/2 connection begins with, and an empty SETTINGS frame.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

fn three_mysteries() -> RecommendationRequest {
    RecommendationRequest {
        user_id: 1,
        category: BookCategory::Mystery.into(),
        max_results: 3,
    }
}

async fn assert_answers(service: &Running) {
    let mut client = RecommendationsClient::new(service.connect().await);
    let response = client.recommend(three_mysteries()).await.unwrap();
    assert_eq!(response.into_inner().recommendations.len(), 3);
}

#[tokio::test]
async fn a_message_of_10_mb_is_refused() {
    let service = Running::start(&[]);
    let mut grpc = Grpc::new(service.connect().await);
    for path in ["/Recommendations/Recommend", "/grpc.health.v1.Health/Check"] {
        grpc.ready().await.unwrap();
        // Any message will do: its length is refused before it is read.
        let message = HealthCheckRequest {
            service: "x".repeat(TEN_MEGABYTES),
        };
        let codec = ProstCodec::<_, HealthCheckResponse>::default();
        let path = PathAndQuery::from_static(path);
        let answer = grpc.unary(Request::new(message), path, codec).await;
        let status = answer.unwrap_err();
        assert_eq!(status.code(), Code::OutOfRange, "{status}");
    }
    assert_answers(&service).await;
}

#[tokio::test]
async fn a_frame_of_10_mb_closes_its_connection() {
    let service = Running::start(&[]);
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    stream.write_all(PREFACE).await.unwrap();
    // A DATA frame's header: 24 bits of length, the type, flags, the stream.
    let length = &TEN_MEGABYTES.to_be_bytes()[5..];
    let header = [length, &[0, 0, 0, 0, 0, 1]].concat();
    stream.write_all(&header).await.unwrap();

    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    time::timeout(Duration::from_secs(2), read)
        .await
        .expect("the connection is closed")
        .unwrap();
    // The last frame is a GOAWAY (type 7) whose error, in its last four bytes, is FRAME_SIZE_ERROR.
    let goaway = &answer[answer.len() - 17..];
    assert_eq!((goaway[3], &goaway[13..]), (7, &[0, 0, 0, 6][..]));
    assert_answers(&service).await;
}

#[tokio::test]
async fn metadata_of_1_mb_is_refused() {
    let service = Running::start(&[]);
    let mut client = RecommendationsClient::new(service.connect().await);
    let mut request = Request::new(three_mysteries());
    let metadata = request.metadata_mut();
    metadata.insert("x-large", "x".repeat(1_000_000).parse().unwrap());
    client.recommend(request).await.unwrap_err();
    assert_answers(&service).await;
}

#[tokio::test]
async fn a_call_that_is_never_finished_ends_by_itself() {
    let service = Running::start(&[]);
    let mut grpc = Grpc::new(service.connect().await);
    grpc.ready().await.unwrap();
    let never = tokio_stream::pending::<RecommendationRequest>();
    let path = PathAndQuery::from_static("/Recommendations/Recommend");
    let codec = ProstCodec::<_, HealthCheckResponse>::default();
    let start = Instant::now();
    let call = grpc.client_streaming(Request::new(never), path, codec);
    let status = time::timeout(Duration::from_secs(8), call)
        .await
        .expect("the call is ended")
        .unwrap_err();
    assert_eq!(status.code(), Code::Cancelled, "{status}");
    assert!(start.elapsed() > Duration::from_secs(4));
    assert_answers(&service).await;
}

#[tokio::test]
async fn another_protocol_closes_its_connection() {
    let service = Running::start(&[]);
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: books\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    // With an answer or with a reset: only that it ends matters.
    let _ = time::timeout(Duration::from_secs(2), read)
        .await
        .expect("the connection is closed");
    assert_answers(&service).await;
}
