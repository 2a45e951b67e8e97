//! A recommendations service in the test's own process, and a marketplace that asks it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser;
use marketplace::config::Arguments;
use marketplace::server;
use recommendations_proto::recommendations_server::{Recommendations, RecommendationsServer};
use recommendations_proto::{BookRecommendation, RecommendationRequest, RecommendationResponse};
use rocket::local::asynchronous::Client;
use telemetry::export::Exporter;
use telemetry::metrics::Registry;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// How the service answers.
#[derive(Clone)]
pub enum Answer {
    /// With these titles, numbered from 1.
    Titles(Vec<&'static str>),
    /// With this status.
    Status(Status),
    /// With no books, after this time.
    After(Duration),
}

/// What the service was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub message: RecommendationRequest,
    pub traceparent: String,
}

/// A service that can be made to fail.
pub struct Service {
    pub address: SocketAddr,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    // Its own, as a process of its own would be: all of it can go at once. `None` once it has.
    runtime: Option<Runtime>,
}

struct Handler {
    answer: Answer,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[tonic::async_trait]
impl Recommendations for Handler {
    async fn recommend(
        &self,
        request: Request<RecommendationRequest>,
    ) -> Result<Response<RecommendationResponse>, Status> {
        let traceparent = request.metadata().get("traceparent").unwrap();
        let traceparent = traceparent.to_str().unwrap().to_owned();
        let message = request.into_inner();
        self.asked.lock().unwrap().push(Asked {
            message,
            traceparent,
        });
        let titles = match &self.answer {
            Answer::Titles(titles) => titles.clone(),
            Answer::Status(status) => return Err(status.clone()),
            Answer::After(time) => {
                tokio::time::sleep(*time).await;
                Vec::new()
            }
        };
        let recommendations = (1..).zip(titles).map(|(id, title)| BookRecommendation {
            id,
            title: title.to_owned(),
        });
        Ok(Response::new(RecommendationResponse {
            recommendations: recommendations.collect(),
        }))
    }
}

impl Service {
    /// Starts on a free port.
    pub async fn start(answer: Answer) -> Self {
        Self::start_at(free_address(), answer).await
    }

    /// Starts on the address of one that was stopped.
    pub async fn start_at(address: SocketAddr, answer: Answer) -> Self {
        let asked = Arc::default();
        let handler = Handler {
            answer,
            asked: Arc::clone(&asked),
        };
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.spawn(TcpListener::bind(address)).await.unwrap();
        let server = Server::builder()
            .max_concurrent_streams(1024)
            .add_service(RecommendationsServer::new(handler))
            .serve_with_incoming(TcpIncoming::from(listener.unwrap()));
        runtime.spawn(server);
        Self {
            address,
            asked,
            runtime: Some(runtime),
        }
    }

    /// Does nothing for so long, connections open, as a process that is stopped.
    pub fn hang(&self, time: Duration) {
        // It has one thread.
        let runtime = self.runtime.as_ref().unwrap();
        runtime.spawn(async move { std::thread::sleep(time) });
    }
}

impl Drop for Service {
    /// Stops as a process that is killed does: every connection breaks.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // On a thread where blocking is allowed; nothing is left when this returns.
            let stop = move || runtime.shutdown_timeout(Duration::from_secs(1));
            std::thread::spawn(stop).join().unwrap();
        }
    }
}

/// An address that nobody listens on.
pub fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// A marketplace that looks for recommendations at these hosts.
pub async fn marketplace(hosts: &str) -> Client {
    let folder = env!("CARGO_MANIFEST_DIR");
    let arguments = Arguments::parse_from([
        "marketplace".to_owned(),
        format!("--recommendations-host={hosts}"),
        format!("--template-dir={folder}/templates"),
        format!("--static-dir={folder}/static"),
    ]);
    let figment = server::figment(&arguments);
    let (mut registry, exporter) = (Registry::default(), Exporter::default());
    let rocket = server::rocket(&arguments, figment, &mut registry, &exporter).unwrap();
    Client::tracked(rocket).await.unwrap()
}

/// What a test looks at of an answer.
pub struct Page {
    pub status: u16,
    pub retry_after: Option<String>,
    pub text: String,
    pub took: Duration,
}

impl Page {
    /// How often the text has `part`.
    pub fn count(&self, part: &str) -> usize {
        self.text.matches(part).count()
    }
}

/// Gets a page.
pub async fn get(client: &Client, address: &str) -> Page {
    let started = std::time::Instant::now();
    let response = client.get(address.to_owned()).dispatch().await;
    Page {
        status: response.status().code,
        retry_after: response.headers().get_one("retry-after").map(str::to_owned),
        text: response.into_string().await.unwrap_or_default(),
        took: started.elapsed(),
    }
}

/// Gets a page again and again until it has the wanted status, for at most `limit`.
pub async fn until(client: &Client, address: &str, status: u16, limit: Duration) -> Page {
    let started = std::time::Instant::now();
    loop {
        let page = get(client, address).await;
        if page.status == status {
            return page;
        }
        let waited = started.elapsed();
        assert!(
            waited < limit,
            "{} instead of {status} after {waited:?}",
            page.status
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
