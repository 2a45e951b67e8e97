//! The pages, through Rocket and with a real tonic server behind them.

use crate::support::{Answer, Service, get, marketplace};
use recommendations_proto::BookCategory;
use rocket::http::{Header, Status as HttpStatus};
use tonic::Status;

const TITLES: [&str; 3] = ["First", "Second", "Third"];

async fn shop() -> (Service, rocket::local::asynchronous::Client) {
    let service = Service::start(Answer::Titles(TITLES.to_vec())).await;
    let client = marketplace(&service.address.to_string()).await;
    (service, client)
}

#[rocket::async_test]
async fn the_homepage_shows_three_mystery_books_for_user_1() {
    let (service, client) = shop().await;
    let page = get(&client, "/").await;

    assert_eq!(page.status, 200);
    assert_eq!(page.count("<title>Online Books For You</title>"), 1);
    assert_eq!(page.count("<h1>Mystery books you may like</h1>"), 1);
    assert_eq!(page.count("<li>"), 3);
    for title in TITLES {
        assert_eq!(page.count(title), 1, "{title}");
    }
    let asked = service.asked.lock().unwrap()[0].message;
    assert_eq!(asked.category(), BookCategory::Mystery);
    assert_eq!((asked.user_id, asked.max_results), (1, 3));
}

#[rocket::async_test]
async fn a_category_and_a_user_are_passed_on() {
    let (service, client) = shop().await;
    let cases = [
        ("mystery", BookCategory::Mystery, "Mystery"),
        (
            "science-fiction",
            BookCategory::ScienceFiction,
            "Science fiction",
        ),
        ("self-help", BookCategory::SelfHelp, "Self-help"),
    ];
    for (slug, category, name) in cases {
        let page = get(&client, &format!("/categories/{slug}?user=-7&other=x")).await;
        assert_eq!(page.status, 200);
        assert_eq!(
            page.count(&format!("<h1>{name} books you may like</h1>")),
            1
        );
        assert_eq!(page.count("aria-current"), 1);
        assert_eq!(page.count(&format!("aria-current=\"page\">{name}<")), 1);
        assert_eq!(page.count("<li>"), 3);
        let asked = service.asked.lock().unwrap().last().unwrap().message;
        assert_eq!((asked.category(), asked.user_id), (category, -7));
    }
}

#[rocket::async_test]
async fn titles_are_escaped() {
    let title = r#"<script>alert("1")</script> & 'more'"#;
    let service = Service::start(Answer::Titles(vec![title])).await;
    let client = marketplace(&service.address.to_string()).await;
    let page = get(&client, "/").await;

    assert_eq!(page.status, 200);
    assert_eq!(page.count("<script"), 0, "{}", page.text);
    assert_eq!(
        page.count("&lt;script&gt;alert(&quot;1&quot;)"),
        1,
        "{}",
        page.text
    );
    assert_eq!(page.count("&amp; &#39;more&#39;"), 1, "{}", page.text);
}

#[rocket::async_test]
async fn an_empty_shelf_is_a_page_too() {
    let service = Service::start(Answer::Titles(vec![])).await;
    let client = marketplace(&service.address.to_string()).await;
    let page = get(&client, "/").await;
    assert_eq!((page.status, page.count("<li>")), (200, 0));
}

#[rocket::async_test]
async fn a_bad_user_is_a_400_that_names_the_parameter() {
    let (service, client) = shop().await;
    let bad = [
        "user=abc",
        "user=",
        "user",
        "user=2147483648",
        "user=1&user=2",
        "user=%3Cb%3E",
    ];
    for path in ["/", "/categories/self-help"] {
        for query in bad {
            let page = get(&client, &format!("{path}?{query}")).await;
            assert_eq!(page.status, 400, "{query}");
            assert_eq!(page.count("The parameter “user”"), 1, "{}", page.text);
            assert_eq!(page.count("<b>"), 0, "{}", page.text);
        }
    }
    assert!(service.asked.lock().unwrap().is_empty());
}

#[rocket::async_test]
async fn what_is_not_there_is_a_404_page() {
    let (_service, client) = shop().await;
    for path in [
        "/nowhere",
        "/categories",
        "/categories/cooking",
        "/static/..%2fCargo.toml",
        "/%ff",
    ] {
        let page = get(&client, path).await;
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(page.count("<h1>Not on our shelves</h1>"), 1, "{path}");
    }
    let page = get(&client, &format!("/{}", "a".repeat(5000))).await;
    assert_eq!(page.status, 414);
}

#[rocket::async_test]
async fn a_category_that_recommendations_lacks_is_a_404_page() {
    let service = Service::start(Answer::Status(Status::not_found("Category not found"))).await;
    let client = marketplace(&service.address.to_string()).await;
    assert_eq!(get(&client, "/categories/self-help").await.status, 404);
    assert_eq!(
        service.asked.lock().unwrap().len(),
        1,
        "asked once, not again"
    );
}

#[rocket::async_test]
async fn pages_can_be_read_and_nothing_else() {
    let (_service, client) = shop().await;
    let head = client.head("/").dispatch().await;
    assert_eq!(head.status(), HttpStatus::Ok);
    assert!(head.into_string().await.unwrap_or_default().is_empty());
    let post = client.post("/").body("x").dispatch().await;
    assert_eq!(post.status(), HttpStatus::MethodNotAllowed);
    assert_eq!(post.headers().get_one("allow"), Some("GET, HEAD"));
}

#[rocket::async_test]
async fn every_page_has_the_strict_headers() {
    let (_service, client) = shop().await;
    for path in ["/", "/?user=x", "/nowhere"] {
        let response = client.get(path).dispatch().await;
        let header = |name| response.headers().get_one(name).unwrap_or_default();
        assert!(
            header("content-security-policy").starts_with("default-src 'none'; style-src 'self'")
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(header("cache-control"), "no-store");
    }
}

#[rocket::async_test]
async fn a_page_links_to_the_present_version_of_its_files() {
    let (_service, client) = shop().await;
    let page = get(&client, "/").await;
    let href = page
        .text
        .split("href=\"")
        .find(|href| href.contains("style.css"))
        .unwrap();
    let address = href.split('"').next().unwrap().replace("&#x2F;", "/");

    let style = client.get(address.as_str()).dispatch().await;
    assert_eq!(style.status(), HttpStatus::Ok);
    assert_eq!(
        style.headers().get_one("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert!(
        style
            .headers()
            .get_one("cache-control")
            .unwrap()
            .contains("immutable")
    );
    let other = client.get("/static/style.css?v=other").dispatch().await;
    assert_eq!(
        other.headers().get_one("cache-control"),
        Some("public, max-age=60")
    );
}

#[rocket::async_test]
async fn a_trace_goes_on_to_recommendations() {
    let (service, client) = shop().await;
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let header = Header::new("traceparent", format!("00-{trace_id}-00f067aa0ba902b7-01"));
    client.get("/").header(header).dispatch().await;

    let passed_on = &service.asked.lock().unwrap()[0].traceparent;
    assert!(
        passed_on.starts_with(&format!("00-{trace_id}-")),
        "{passed_on}"
    );
    assert!(
        !passed_on.contains("00f067aa0ba902b7"),
        "a new span: {passed_on}"
    );
}
