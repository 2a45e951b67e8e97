//! One trace id through both services.

use http::{HeaderMap, Method};
use serde_json::Value;

use crate::programs::{connect, marketplace, recommendations};

#[tokio::test]
async fn the_trace_id_of_a_request_is_in_the_log_lines_of_both() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let recommendations = recommendations(0);
    let marketplace = marketplace(&[&recommendations]);
    let system = connect(&marketplace, &recommendations).await;
    let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", traceparent.parse().unwrap());

    let answer = system.request(Method::GET, "/", headers).await.unwrap();

    assert_eq!(answer.status, 200);
    let of_trace = |path| move |line: &Value| line["trace_id"] == TRACE && line["path"] == path;
    let line = marketplace.line("the page's trace", of_trace("/"));
    assert_eq!(line["status"], 200);
    assert!(line["duration_ms"].is_number(), "{line}");
    let path = "/Recommendations/Recommend";
    let line = recommendations.line("the call's trace", of_trace(path));
    assert!(line["duration_ms"].is_number(), "{line}");
}
