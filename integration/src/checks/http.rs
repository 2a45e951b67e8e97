//! What a visitor sees.

use std::collections::BTreeSet;

use http::{HeaderMap, Method};
use recommendations_proto::BookCategory;

use super::{Check, Outcome, equal};
use crate::{
    page::{resolve, text_of, texts_of},
    system::{Answer, System},
};

pub(super) const CHECKS: &[Check] = &[
    ("page-title", |system| Box::pin(title(system))),
    ("page-three-items", |system| Box::pin(three_items(system))),
    ("page-known-books", |system| Box::pin(known_books(system))),
    ("page-picked-anew", |system| Box::pin(picked_anew(system))),
    ("page-of-another-user", |system| {
        Box::pin(another_user(system))
    }),
    ("page-head", |system| Box::pin(head(system))),
    ("page-security-headers", |system| {
        Box::pin(security_headers(system))
    }),
    ("page-own-resources", |system| {
        Box::pin(own_resources(system))
    }),
    ("category-mystery", |system| {
        Box::pin(category(
            system,
            "mystery",
            "Mystery",
            BookCategory::Mystery,
        ))
    }),
    ("category-science-fiction", |system| {
        let category_number = BookCategory::ScienceFiction;
        Box::pin(category(
            system,
            "science-fiction",
            "Science fiction",
            category_number,
        ))
    }),
    ("category-self-help", |system| {
        Box::pin(category(
            system,
            "self-help",
            "Self-help",
            BookCategory::SelfHelp,
        ))
    }),
    ("unknown-path-404", |system| {
        Box::pin(problem(system, "/nowhere", 404, ""))
    }),
    ("unknown-category-404", |system| {
        Box::pin(problem(system, "/categories/romance", 404, ""))
    }),
    ("bad-query-400", |system| {
        Box::pin(problem(system, "/?user=abc", 400, "user"))
    }),
    ("health-live", |system| {
        Box::pin(healthy(system, "/health/live"))
    }),
    ("health-ready", |system| {
        Box::pin(healthy(system, "/health/ready"))
    }),
];

/// A page that has to be there.
async fn page(system: &System, path: &str) -> Result<Answer, String> {
    let answer = system.get(path).await?;
    equal(
        &format!("the status of {path}"),
        answer.status.as_u16(),
        200,
    )?;
    Ok(answer)
}

async fn title(system: System) -> Outcome {
    let home = page(&system, "/").await?.body;
    let title = text_of(&home, "title");
    equal("the title", title.as_deref(), Some("Online Books For You"))?;
    let heading = text_of(&home, "h1");
    let expected = Some("Mystery books you may like");
    equal("the heading", heading.as_deref(), expected)
}

async fn three_items(system: System) -> Outcome {
    let home = page(&system, "/").await?.body;
    equal("the number of items", texts_of(&home, "li").len(), 3)
}

async fn known_books(system: System) -> Outcome {
    books_of(&system, "/", BookCategory::Mystery).await
}

/// The items of the page at `path` are three different books that the service has in `category`.
async fn books_of(system: &System, path: &str, category: BookCategory) -> Outcome {
    let shown = texts_of(&page(system, path).await?.body, "li");
    let different = shown.iter().cloned().collect::<BTreeSet<_>>();
    if (shown.len(), different.len()) != (3, 3) {
        return Err(format!("{path} shows {shown:?}, expected three books"));
    }
    let known = system.recommend(category.into(), i32::MAX).await;
    let known = known.map_err(|status| status.to_string())?;
    let known = known.into_iter().map(|book| book.title).collect();
    let unknown: Vec<_> = different.difference(&known).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{path} shows {unknown:?}, the service has {known:?}"
    ))
}

/// Thirty views that are all alike would be a chance of one in 6^29 with three books.
async fn picked_anew(system: System) -> Outcome {
    let mut views = BTreeSet::new();
    for _ in 0..30 {
        views.insert(texts_of(&page(&system, "/").await?.body, "li"));
    }
    if views.len() > 1 {
        return Ok(());
    }
    Err(format!("thirty views all show {views:?}"))
}

async fn another_user(system: System) -> Outcome {
    books_of(&system, "/?user=2", BookCategory::Mystery).await
}

async fn head(system: System) -> Outcome {
    let answer = system.request(Method::HEAD, "/", HeaderMap::new()).await?;
    equal("the status", answer.status.as_u16(), 200)?;
    equal("the body", answer.body.as_str(), "")
}

async fn security_headers(system: System) -> Outcome {
    let home = page(&system, "/").await?;
    let missing = system.get("/nowhere").await?;
    for (path, headers) in [("/", home.headers), ("/nowhere", missing.headers)] {
        let header = |name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.ok_or_else(|| format!("{path} has no header {name}"))
        };
        let policy = header("content-security-policy")?;
        if !policy.contains("default-src 'none'") || policy.contains("unsafe") {
            return Err(format!("{path} has the lax policy {policy:?}"));
        }
        equal(path, header("x-content-type-options")?, "nosniff")?;
        header("referrer-policy")?;
    }
    Ok(())
}

/// What the page links to as part of itself comes from the same place, and is there.
async fn own_resources(system: System) -> Outcome {
    let home = page(&system, "/").await?.body;
    let mut links = home.split("<link ").skip(1).peekable();
    if links.peek().is_none() {
        return Err("the page has no style sheet".to_owned());
    }
    for link in links {
        let tag = link.split('>').next().unwrap_or_default();
        let address = tag.split("href=\"").nth(1);
        let address = address.and_then(|rest| rest.split('"').next());
        let address = address.ok_or_else(|| format!("no href in <link {tag}>"))?;
        let address = resolve(address);
        if !address.starts_with('/') || address.starts_with("//") {
            return Err(format!("{address} is of another place"));
        }
        page(&system, &address).await?;
    }
    Ok(())
}

async fn category(
    system: System,
    slug: &'static str,
    name: &'static str,
    category: BookCategory,
) -> Outcome {
    let path = format!("/categories/{slug}");
    let heading = text_of(&page(&system, &path).await?.body, "h1");
    let expected = format!("{name} books you may like");
    equal("the heading", heading, Some(expected))?;
    books_of(&system, &path, category).await
}

/// The page at `path` is a problem page with this status, and it says `word`.
async fn problem(system: System, path: &'static str, status: u16, word: &'static str) -> Outcome {
    let answer = system.get(path).await?;
    equal("the status", answer.status.as_u16(), status)?;
    let heading = text_of(&answer.body, "h1");
    if heading.is_none() || !answer.body.contains(word) {
        return Err(format!(
            "no page for people that says {word:?}: {}",
            answer.body
        ));
    }
    Ok(())
}

async fn healthy(system: System, path: &'static str) -> Outcome {
    page(&system, path).await.map(drop)
}
