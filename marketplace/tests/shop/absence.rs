//! What a visitor gets while recommendations is away, slow, or half there; and when it is back.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{Answer, Service, free_address, get, marketplace, until};
use tonic::Status;

const SECOND: Duration = Duration::from_secs(1);

fn titles() -> Answer {
    Answer::Titles(vec!["First", "Second", "Third"])
}

#[rocket::async_test]
async fn absent_is_a_503_page_at_once() {
    let client = marketplace(&free_address().to_string()).await;
    let page = get(&client, "/").await;
    assert_eq!(page.status, 503);
    assert_eq!(page.retry_after.as_deref(), Some("1"));
    assert_eq!(page.count("<h1>Our bookseller is away</h1>"), 1);
    assert!(page.took < SECOND / 2, "{:?}", page.took);
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(get(&client, path).await.status, 200, "{path}");
    }
}

#[rocket::async_test]
async fn slow_is_a_503_page_at_the_deadline() {
    let service = Service::start(Answer::After(5 * SECOND)).await;
    let client = marketplace(&service.address.to_string()).await;
    let page = get(&client, "/").await;
    assert_eq!(page.status, 503);
    assert!(
        page.took >= SECOND && page.took < SECOND * 3 / 2,
        "{:?}",
        page.took
    );
    assert_eq!(
        service.asked.lock().unwrap().len(),
        1,
        "a deadline is no reason to ask again"
    );
}

#[rocket::async_test]
async fn unavailable_is_asked_once_more() {
    let service = Service::start(Answer::Status(Status::unavailable("busy"))).await;
    let client = marketplace(&service.address.to_string()).await;
    // The first page may have to wait for the connection, and that is an attempt, too.
    assert_eq!(get(&client, "/").await.status, 503);
    service.asked.lock().unwrap().clear();
    assert_eq!(get(&client, "/").await.status, 503);
    assert_eq!(service.asked.lock().unwrap().len(), 2);
}

#[rocket::async_test]
async fn back_again_is_used_within_a_second() {
    let service = Service::start(titles()).await;
    let address = service.address;
    let client = marketplace(&address.to_string()).await;
    assert_eq!(get(&client, "/").await.status, 200);

    // Long enough away for the rest between two attempts to reach its limit.
    drop(service);
    until(&client, "/", 503, SECOND).await;
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(get(&client, "/").await.status, 503);

    let _service = Service::start_at(address, titles()).await;
    until(&client, "/", 200, SECOND).await;
}

#[rocket::async_test]
async fn one_of_two_that_is_killed_costs_no_page() {
    let (stays, goes) = (
        Service::start(titles()).await,
        Service::start(titles()).await,
    );
    let client = marketplace(&format!("{},{}", stays.address, goes.address)).await;
    // Both are connected and asked in turn.
    let asked = [Arc::clone(&stays.asked), Arc::clone(&goes.asked)];
    let both_asked = || asked.iter().all(|asked| !asked.lock().unwrap().is_empty());
    for _ in 0..100 {
        assert_eq!(get(&client, "/").await.status, 200);
        if both_asked() {
            break;
        }
    }
    assert!(both_asked());

    drop(goes);
    for turn in 0..50 {
        let page = get(&client, "/").await;
        assert_eq!(page.status, 200, "turn {turn}, after {:?}", page.took);
    }
}

#[rocket::async_test]
async fn one_of_two_that_refuses_is_left_out() {
    let service = Service::start(titles()).await;
    let client = marketplace(&format!("{},{}", free_address(), service.address)).await;
    for _ in 0..50 {
        assert_eq!(get(&client, "/").await.status, 200);
    }
    assert_eq!(
        service.asked.lock().unwrap().len(),
        50,
        "no page took a second attempt"
    );
}

#[rocket::async_test]
async fn one_of_two_that_accepts_and_never_answers_is_left_out() {
    let service = Service::start(titles()).await;
    // The kernel accepts; nobody reads.
    let hangs = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hosts = format!("{},{}", hangs.local_addr().unwrap(), service.address);
    let client = marketplace(&hosts).await;
    for turn in 0..50 {
        let page = get(&client, "/").await;
        assert_eq!(page.status, 200, "turn {turn}, after {:?}", page.took);
        // Past the moment at which the hanging one would have joined.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[rocket::async_test]
async fn a_name_among_addresses_that_does_not_resolve_takes_nothing_down() {
    let service = Service::start(titles()).await;
    let client = marketplace(&format!("nowhere.invalid.,{}", service.address)).await;
    assert_eq!(get(&client, "/").await.status, 200);
}

#[rocket::async_test]
async fn a_name_that_does_not_resolve_is_a_503_page() {
    let client = marketplace("nowhere.invalid.").await;
    assert_eq!(get(&client, "/").await.status, 503);
}
