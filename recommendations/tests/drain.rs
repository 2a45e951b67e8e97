//! How the program ends: NOT_SERVING first, calls in flight finish, and a limit holds.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::{Duration, Instant};

use recommendations_proto::{RecommendationRequest, RecommendationResponse};
use rustix::process::Signal;
use support::Running;
use tokio::{net::TcpStream, sync::oneshot, task::JoinHandle, time};
use tonic::{
    Request, Response, Status, client::Grpc, codegen::http::uri::PathAndQuery, transport::Channel,
};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_prost::ProstCodec;
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest,
};

/// The end of a call to `Recommend`.
type Call = JoinHandle<Result<Response<RecommendationResponse>, Status>>;

/// Begins a call to `Recommend` whose message is only sent when the sender is used.
fn begin_call(channel: Channel) -> (oneshot::Sender<RecommendationRequest>, Call) {
    let (send, message) = oneshot::channel();
    let call = tokio::spawn(async move {
        let mut grpc = Grpc::new(channel);
        grpc.ready().await.unwrap();
        let messages = tokio_stream::once(message);
        let messages = tokio_stream::StreamExt::then(messages, async |message| {
            // Without a message, the call stays open.
            match message.await {
                Ok(message) => message,
                Err(_) => std::future::pending().await,
            }
        });
        let path = PathAndQuery::from_static("/Recommendations/Recommend");
        let codec = ProstCodec::default();
        grpc.client_streaming(Request::new(Box::pin(messages)), path, codec)
            .await
    });
    (send, call)
}

#[tokio::test]
async fn sigterm_says_not_serving_and_finishes_the_calls_in_flight() {
    let mut service = Running::start(&["--drain-seconds", "5"]);
    let channel = service.connect().await;
    let mut health = HealthClient::new(channel.clone());
    let watch = health.watch(HealthCheckRequest::default()).await.unwrap();
    let mut watch = watch.into_inner();
    let status = watch.message().await.unwrap().unwrap().status();
    assert_eq!(status, ServingStatus::Serving);
    let (send, call) = begin_call(channel);
    time::sleep(Duration::from_millis(200)).await;

    service.signal(Signal::TERM);

    let status = watch.message().await.unwrap().unwrap().status();
    assert_eq!(status, ServingStatus::NotServing);
    assert!(watch.message().await.unwrap().is_none(), "the watch ends");
    time::sleep(Duration::from_millis(200)).await;
    let refused = TcpStream::connect(service.address).await;
    assert!(refused.is_err(), "no new connection is taken");
    send.send(RecommendationRequest {
        user_id: 1,
        category: 0,
        max_results: 3,
    })
    .unwrap();
    let response = call.await.unwrap().unwrap().into_inner();
    assert_eq!(response.recommendations.len(), 3);
    assert_eq!(service.wait(Duration::from_secs(2)).await.code(), Some(0));
}

#[tokio::test]
async fn a_call_without_an_end_is_cut_off_at_the_limit() {
    let mut service = Running::start(&["--drain-seconds", "1"]);
    let (_send, call) = begin_call(service.connect().await);
    time::sleep(Duration::from_millis(200)).await;

    let start = Instant::now();
    service.signal(Signal::TERM);

    assert!(call.await.unwrap().is_err());
    assert_eq!(service.wait(Duration::from_secs(2)).await.code(), Some(0));
    let took = start.elapsed();
    assert!(took > Duration::from_millis(900), "{took:?}");
}

#[tokio::test]
async fn an_open_reflection_stream_holds_up_no_end() {
    let mut service = Running::start(&["--drain-seconds", "5"]);
    let mut reflection = ServerReflectionClient::new(service.connect().await);
    let question = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let questions = tokio_stream::once(question);
    let questions = tokio_stream::StreamExt::chain(questions, tokio_stream::pending());
    let answers = reflection.server_reflection_info(questions).await.unwrap();
    let mut answers = answers.into_inner();
    assert!(answers.message().await.unwrap().is_some());

    service.signal(Signal::TERM);

    assert!(
        answers.message().await.unwrap().is_none(),
        "the stream ends"
    );
    assert_eq!(service.wait(Duration::from_secs(2)).await.code(), Some(0));
}

#[tokio::test]
async fn sigint_ends_an_idle_service_at_once() {
    let mut service = Running::start(&[]);
    let _idle = service.connect().await;

    service.signal(Signal::INT);

    assert_eq!(service.wait(Duration::from_secs(1)).await.code(), Some(0));
}
