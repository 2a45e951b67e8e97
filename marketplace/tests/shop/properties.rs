//! Any address at all: a page, never an error of ours, and no markup that is not the templates'.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use rocket::local::asynchronous::Client;
use rocket::tokio::runtime::Runtime;

use crate::support::{Answer, Service, marketplace};

/// Words that lead somewhere, or nearly.
const WORDS: [&str; 12] = [
    "categories",
    "mystery",
    "science-fiction",
    "self-help",
    "Mystery",
    "health",
    "live",
    "static",
    "style.css",
    "..",
    ".",
    "",
];

/// Bytes as they may stand in an address: all of them, or those that have to be, percent-encoded.
fn encoded() -> impl Strategy<Value = String> {
    let markup = r#"[<>"'&/{}%a-c\r\n]{0,12}"#.prop_map(String::into_bytes);
    let bytes = prop_oneof![vec(any::<u8>(), 0..50), markup];
    (bytes, any::<bool>()).prop_map(|(bytes, all)| {
        let encode = |byte: u8| match byte {
            b'a'..=b'z' | b'0'..=b'9' if !all => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        };
        bytes.into_iter().map(encode).collect()
    })
}

fn any_text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..30).prop_map(String::from_iter)
}

fn address() -> impl Strategy<Value = String> {
    let segment = prop_oneof![3 => select(&WORDS).prop_map(str::to_owned), 1 => encoded()];
    let path = vec(segment, 0..4).prop_map(|segments| format!("/{}", segments.join("/")));
    let page = select(&["/", "/categories/self-help"]).prop_map(str::to_owned);
    let path = prop_oneof![page, path];
    let number = any::<i64>().prop_map(|number| number.to_string());
    let value = prop_oneof![encoded(), number, "-?[0-9]{1,9}"];
    let name = prop_oneof![4 => Just("user".to_owned()), 1 => encoded()];
    let field = (name, value).prop_map(|(name, value)| format!("{name}={value}"));
    let query = vec(field, 0..3).prop_map(|fields| fields.join("&"));
    let built = (path, query).prop_map(|(path, query)| format!("{path}?{query}"));
    prop_oneof![
        8 => built,
        1 => any_text().prop_map(|text| format!("/{text}")),
        1 => any_text(),
    ]
}

/// What a test looks at of an answer.
struct Page {
    status: u16,
    content_type: String,
    text: String,
}

async fn get(client: &Client, address: &str) -> Page {
    let response = client.get(address.to_owned()).dispatch().await;
    let content_type = response.headers().get_one("content-type");
    Page {
        status: response.status().code,
        content_type: content_type.unwrap_or_default().to_owned(),
        text: response.into_string().await.unwrap_or_default(),
    }
}

/// The page without its texts: its tags in order, and how many quotes are around attributes.
fn skeleton(html: &str) -> (Vec<&str>, usize) {
    let tags = html.split('<').skip(1);
    let tags = tags.filter_map(|tag| tag.split([' ', '\n', '>']).next());
    (tags.collect(), html.matches('"').count())
}

#[test]
fn any_address_is_answered_with_a_page() {
    let runtime = Runtime::new().unwrap();
    let titles = vec!["First", "Second", "Third"];
    let service = runtime.block_on(Service::start(Answer::Titles(titles)));
    let client = runtime.block_on(marketplace(&service.address.to_string()));
    let shelf = runtime.block_on(get(&client, "/"));
    let problem = runtime.block_on(get(&client, "/nowhere"));
    assert_eq!((shelf.status, problem.status), (200, 404));

    let config = ProptestConfig {
        // No file of failing cases: a case that has failed becomes a test with a name.
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let tried = TestRunner::new(config).run(&address(), |address| {
        let page = runtime.block_on(get(&client, &address));
        let expected = match page.status {
            200 if address.contains("health") || address.contains("static") => {
                prop_assert!(!page.text.is_empty());
                return Ok(());
            }
            200 => &shelf,
            400 | 404 | 414 => &problem,
            status => return Err(TestCaseError::fail(format!("status {status}"))),
        };
        prop_assert_eq!(page.content_type, "text/html; charset=utf-8");
        prop_assert_eq!(skeleton(&page.text), skeleton(&expected.text));
        Ok(())
    });
    if let Err(error) = tried {
        panic!("{error}");
    }
}
