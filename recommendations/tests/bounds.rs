//! Bounds of the process, which hold however many connections a client makes.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use recommendations_proto::{
    BookCategory, RecommendationRequest, recommendations_client::RecommendationsClient,
};
use support::Running;
use tokio::{net::TcpStream, task::JoinSet, time};
use tonic::{
    Code, Request,
    client::Grpc,
    codegen::http::{self, uri::PathAndQuery},
    transport::Channel,
};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_client::HealthClient,
};
use tonic_prost::ProstCodec;

/// Calls that the process has room for.
const CALLS: usize = 1024;
/// Calls at a time on one connection.
const STREAMS: usize = 256;
/// Longer than anything here takes, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(30);

fn three_mysteries() -> RecommendationRequest {
    RecommendationRequest {
        user_id: 1,
        category: BookCategory::Mystery.into(),
        max_results: 3,
    }
}

/// A call whose message never comes; made again whenever it is refused or ended.
async fn never(channel: Channel) {
    let mut grpc = Grpc::new(channel);
    loop {
        grpc.ready().await.unwrap();
        let never = tokio_stream::pending::<RecommendationRequest>();
        let path = PathAndQuery::from_static("/Recommendations/Recommend");
        let codec = ProstCodec::<_, HealthCheckResponse>::default();
        let _ = grpc
            .client_streaming(Request::new(never), path, codec)
            .await;
        time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_call_beyond_the_bound_is_unavailable_and_health_answers() {
    let service = Running::start(&[]);
    let mut open = JoinSet::new();
    // One connection more than it takes, or the bound would be met only while all calls are open.
    for _ in 0..=CALLS / STREAMS {
        let channel = service.connect().await;
        for _ in 0..STREAMS {
            open.spawn(never(channel.clone()));
        }
    }
    let channel = service.connect().await;
    let mut client = RecommendationsClient::new(channel.clone());
    let refused = time::timeout(LIMIT, async {
        loop {
            match client.recommend(three_mysteries()).await {
                Ok(_) => time::sleep(Duration::from_millis(5)).await,
                Err(status) => break status,
            }
        }
    });
    let refused = refused.await.expect("no call is refused");
    assert_eq!(refused.code(), Code::Unavailable, "{refused}");
    let mut health = HealthClient::new(channel);
    let status = health.check(HealthCheckRequest::default()).await.unwrap();
    assert_eq!(status.into_inner().status(), ServingStatus::Serving);

    open.shutdown().await;
    time::timeout(LIMIT, async {
        while client.recommend(three_mysteries()).await.is_err() {
            time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the places are given back");
}

/// A client that answers pings, but lets each answer have only `window` bytes. How long until it
/// is cut off.
async fn held_open(service: &Running, window: u32) -> Duration {
    let stream = TcpStream::connect(service.address).await.unwrap();
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size(window);
    let handshake = builder.handshake::<_, &'static [u8]>(stream);
    let (mut client, connection) = handshake.await.unwrap();
    let start = Instant::now();
    let connection = tokio::spawn(connection);
    let request = http::Request::post("http://books/Recommendations/Recommend")
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap();
    let (answer, mut message) = client.send_request(request, false).unwrap();
    // Three books: a length of 2 bytes, and `max_results` 3.
    message.send_data(&[0, 0, 0, 0, 2, 0x18, 3], true).unwrap();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 200);
    let ended = time::timeout(LIMIT, connection).await;
    assert!(ended.is_ok(), "still open with a window of {window}");
    start.elapsed()
}

#[tokio::test]
async fn a_peer_that_does_not_take_its_answer_is_cut_off() {
    let service = Running::start(&[]);
    let (nothing, a_byte) = tokio::join!(held_open(&service, 0), held_open(&service, 1));
    for took in [nothing, a_byte] {
        assert!(took > Duration::from_secs(7), "{took:?}");
    }
    let mut client = RecommendationsClient::new(service.connect().await);
    client.recommend(three_mysteries()).await.unwrap();
}
