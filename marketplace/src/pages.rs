//! The routes: the pages of the shop, and the health endpoints.

use recommendations_proto::BookRecommendation;
use rocket::http::Header;
use rocket::request::Request;
use rocket::response::{self, Responder};
use rocket::{State, get};
use serde::Serialize;

use crate::admission::{Admission, Full};
use crate::client::Client;
use crate::observe::Trace;
use crate::problem::Problem;
use crate::query::{BadUser, CATEGORIES, Category, NoSuchCategory, User};
use crate::templates;

/// Nothing but our own style sheet and icon: no script, no frame, no form.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
/// Colours that the style sheet has for covers.
const COVERS: i32 = 7;

/// The addresses that every page links to.
#[derive(Clone, Debug)]
pub struct Links {
    /// The style sheet.
    pub style: String,
    /// The icon.
    pub icon: String,
}

/// What every page shows around its own content.
#[derive(Debug, Default, Serialize)]
pub struct Frame<'a> {
    style: &'a str,
    icon: &'a str,
    /// The slug of the category that is shown.
    current: &'a str,
    /// The query that keeps the reader in the links.
    reader: &'a str,
}

impl<'a> Frame<'a> {
    /// The frame of an answer to `request`.
    #[must_use]
    pub fn of(request: &'a Request<'_>, current: &'a str, reader: &'a str) -> Self {
        let links = request.rocket().state::<Links>();
        let (style, icon) = links.map_or(("", ""), |links| (&*links.style, &*links.icon));
        Self {
            style,
            icon,
            current,
            reader,
        }
    }

    /// A frame for trying a template.
    #[must_use]
    pub fn sample() -> Self {
        Self::default()
    }
}

/// A rendered template with the headers of every page.
///
/// # Errors
///
/// 500 when the template cannot be rendered.
pub fn html(
    request: &Request<'_>,
    template: &str,
    view: &impl Serialize,
) -> response::Result<'static> {
    let mut response = templates::render(request, template, view)?;
    for (name, value) in [
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        // Every view is a fresh recommendation.
        ("Cache-Control", "no-store"),
    ] {
        response.set_header(Header::new(name, value));
    }
    Ok(response)
}

/// A page of books.
pub struct Shelf {
    category: Category,
    home: bool,
    user: User,
    books: Vec<BookRecommendation>,
}

impl Shelf {
    /// The page that shows `user` these books of a category, as the homepage or not.
    #[must_use]
    pub fn new(category: Category, home: bool, user: User, books: Vec<BookRecommendation>) -> Self {
        Self {
            category,
            home,
            user,
            books,
        }
    }
}

/// What the template shows.
#[derive(Debug, Serialize)]
pub struct ShelfView<'a> {
    #[serde(flatten)]
    frame: Frame<'a>,
    home: bool,
    category: &'a str,
    shelf: &'a str,
    user: i32,
    books: Vec<Book<'a>>,
}

#[derive(Debug, Serialize)]
struct Book<'a> {
    title: &'a str,
    cover: i32,
}

impl ShelfView<'_> {
    /// The template's name.
    pub const TEMPLATE: &'static str = "shelf";

    /// A view for trying the template.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            home: false,
            category: "",
            shelf: "",
            user: 1,
            books: vec![Book {
                title: "",
                cover: 0,
            }],
        }
    }
}

impl<'r> Responder<'r, 'static> for Shelf {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let reader = self.user.query();
        let view = ShelfView {
            frame: Frame::of(request, self.category.slug, &reader),
            home: self.home,
            category: self.category.name,
            shelf: self.category.lower,
            user: self.user.0,
            books: self
                .books
                .iter()
                .map(|book| Book {
                    title: &book.title,
                    cover: book.id.rem_euclid(COVERS),
                })
                .collect(),
        };
        html(request, ShelfView::TEMPLATE, &view)
    }
}

/// The homepage: mystery books.
#[get("/")]
pub async fn home(
    user: Result<User, BadUser>,
    slot: Result<Admission<'_>, Full>,
    client: &State<Client>,
    trace: Trace,
) -> Result<Shelf, Problem> {
    shelf(CATEGORIES[0], true, user, slot, client, trace).await
}

/// The page of one category.
#[get("/categories/<category>")]
pub async fn category(
    category: Result<Category, NoSuchCategory>,
    user: Result<User, BadUser>,
    slot: Result<Admission<'_>, Full>,
    client: &State<Client>,
    trace: Trace,
) -> Result<Shelf, Problem> {
    shelf(category?, false, user, slot, client, trace).await
}

async fn shelf(
    category: Category,
    home: bool,
    user: Result<User, BadUser>,
    slot: Result<Admission<'_>, Full>,
    client: &Client,
    Trace(trace): Trace,
) -> Result<Shelf, Problem> {
    let user = user?;
    let Ok(_slot) = slot else {
        return Err(Problem::overloaded());
    };
    let books = client.recommend(user.0, category.book, trace).await?;
    Ok(Shelf::new(category, home, user, books))
}

/// The process answers.
#[get("/health/live")]
pub fn live() -> &'static str {
    "live\n"
}

/// The process takes requests. Whether recommendations is there does not matter: a visitor is
/// better off with the 503 page than with a refused connection.
#[get("/health/ready")]
pub fn ready() -> &'static str {
    "ready\n"
}
