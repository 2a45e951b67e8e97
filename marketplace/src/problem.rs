//! The pages for what cannot be shown, and the catcher that makes them of Rocket's own errors.

use rocket::http::{Header, Method, Status};
use rocket::request::Request;
use rocket::response::{self, Responder};
use serde::Serialize;

use crate::client::Failed;
use crate::pages::{self, Frame};
use crate::query::{BadUser, NoSuchCategory};

/// Longest path, in bytes, that is looked at.
const PATH: usize = 4096;
/// Seconds after which a browser may try again.
const RETRY_AFTER: &str = "1";

/// Why there is no page, and what to tell the visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: Status,
    title: &'static str,
    message: String,
}

/// What the template shows.
#[derive(Debug, Serialize)]
pub struct ProblemView<'a> {
    #[serde(flatten)]
    frame: Frame<'a>,
    status: u16,
    title: &'a str,
    message: &'a str,
}

impl ProblemView<'_> {
    /// The template's name.
    pub const TEMPLATE: &'static str = "problem";

    /// A view for trying the template.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            status: 404,
            title: "Not here",
            message: "",
        }
    }
}

impl Problem {
    fn new(status: Status, title: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            title,
            message: message.into(),
        }
    }

    fn not_found() -> Self {
        let message = "There is no such page. Perhaps it was misspelled; perhaps it never was.";
        Self::new(Status::NotFound, "Not on our shelves", message)
    }

    /// More pages are asked for at this moment than can be made.
    #[must_use]
    pub fn overloaded() -> Self {
        let message = "More visitors than we can serve at once. Please try again in a moment.";
        Self::new(Status::ServiceUnavailable, "The shop is full", message)
    }
}

impl From<NoSuchCategory> for Problem {
    fn from(NoSuchCategory: NoSuchCategory) -> Self {
        Self::not_found()
    }
}

impl From<BadUser> for Problem {
    fn from(error: BadUser) -> Self {
        let message = error.to_string();
        Self::new(Status::BadRequest, "We did not understand that", message)
    }
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::UnknownCategory => Self::not_found(),
            Failed::Unavailable => Self::new(
                Status::ServiceUnavailable,
                "Our bookseller is away",
                "We cannot recommend books at the moment. Please try again in a moment.",
            ),
        }
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let view = ProblemView {
            frame: Frame::of(request, "", ""),
            status: self.status.code,
            title: self.title,
            message: &self.message,
        };
        let mut response = pages::html(request, ProblemView::TEMPLATE, &view)?;
        response.set_status(self.status);
        if self.status == Status::ServiceUnavailable {
            response.set_header(Header::new("Retry-After", RETRY_AFTER));
        }
        if self.status == Status::MethodNotAllowed {
            response.set_header(Header::new("Allow", "GET, HEAD"));
        }
        Ok(response)
    }
}

/// Every error that no route has answered itself.
#[rocket::catch(default)]
pub fn any(status: Status, request: &Request<'_>) -> Problem {
    if request.uri().path().len() > PATH {
        let message = format!("The address is longer than {PATH} bytes.");
        return Problem::new(Status::UriTooLong, "That is too long for us", message);
    }
    match status {
        // No page takes anything else, so whichever it was, the method is what is wrong.
        Status::NotFound if !matches!(request.method(), Method::Get | Method::Head) => {
            let message = "Pages can be read (GET, HEAD) and nothing else.";
            Problem::new(Status::MethodNotAllowed, "Please only look", message)
        }
        Status::NotFound => Problem::not_found(),
        Status::BadRequest => {
            let message = "The request is not valid HTTP, or its address is not a valid one.";
            Problem::new(status, "We did not understand that", message)
        }
        status if status.class().is_client_error() => {
            Problem::new(status, "We cannot do that", status.reason_lossy())
        }
        _ => {
            let message = "Something went wrong on our side.";
            Problem::new(Status::InternalServerError, "Our mistake", message)
        }
    }
}
