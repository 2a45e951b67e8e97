//! What a visitor gets while recommendations is away, slow, or half there; and when it is back.

use std::time::{Duration, Instant};

use crate::support::{Answer, Page, Service, free_address, get, marketplace, until};
use marketplace::admission::PAGES;
use rocket::futures::future::join_all;
use rocket::local::asynchronous::Client;
use tonic::Status;

const SECOND: Duration = Duration::from_secs(1);

fn titles() -> Answer {
    Answer::Titles(vec!["First", "Second", "Third"])
}

/// Gets pages until each of the services was asked: all are connected.
async fn until_asked(client: &Client, services: &[&Service]) {
    let asked = |service: &&Service| !service.asked.lock().unwrap().is_empty();
    for _ in 0..300 {
        assert_eq!(get(client, "/").await.status, 200);
        if services.iter().all(asked) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not all of them are asked");
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
    until_asked(&client, &[&stays, &goes]).await;

    drop(goes);
    for turn in 0..50 {
        let page = get(&client, "/").await;
        assert_eq!(page.status, 200, "turn {turn}, after {:?}", page.took);
    }
}

#[rocket::async_test]
async fn one_of_two_that_hangs_costs_the_pages_that_found_it_hanging() {
    let (stays, hangs) = (
        Service::start(titles()).await,
        Service::start(titles()).await,
    );
    let client = marketplace(&format!("{},{}", stays.address, hangs.address)).await;
    until_asked(&client, &[&stays, &hangs]).await;

    let time = 5 * SECOND;
    let hung = Instant::now();
    hangs.hang(time);
    // One after the other: only the first that goes there can wait for it in vain.
    let mut lost = 0;
    while hung.elapsed() < 4 * SECOND {
        lost += usize::from(get(&client, "/").await.status != 200);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(lost <= 1, "{lost} pages without books");

    // It wakes up, and gets its share again.
    tokio::time::sleep(time.saturating_sub(hung.elapsed())).await;
    hangs.asked.lock().unwrap().clear();
    until_asked(&client, &[&hangs]).await;
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

#[rocket::async_test]
async fn more_pages_than_there_are_slots_are_refused_at_once() {
    let service = Service::start(Answer::After(SECOND / 2)).await;
    let client = marketplace(&service.address.to_string()).await;
    until(&client, "/", 200, SECOND).await;
    let beyond = 8;
    let pages = join_all((0..PAGES + beyond).map(|_| get(&client, "/"))).await;
    let full: Vec<_> = pages.iter().filter(|page| page.status == 503).collect();
    assert_eq!(full.len(), beyond);
    for page in full {
        assert_eq!(page.count("<h1>The shop is full</h1>"), 1);
        assert_eq!(page.retry_after.as_deref(), Some("1"));
        assert!(page.took < SECOND / 4, "{:?}", page.took);
    }
    let status = |status| move |page: &&Page| page.status == status;
    assert_eq!(pages.iter().filter(status(200)).count(), PAGES);

    // Whoever only asks whether the shop is open needs no slot.
    let waiting = join_all((0..PAGES).map(|_| get(&client, "/")));
    let (_, live) = rocket::tokio::join!(waiting, get(&client, "/health/live"));
    assert_eq!(live.status, 200);
    assert!(live.took < SECOND / 4, "{:?}", live.took);
}
