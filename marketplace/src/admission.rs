//! The bound on pages that are made at a time.
//!
//! Beyond it a visitor is told at once instead of waiting in a queue that only grows. Health
//! endpoints and static files need no slot, so an overloaded process still looks alive.

use rocket::Request;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Pages that wait for recommendations at a time. Each takes some 10 kB; at the deadline's
/// 1 s, this is also the number of pages a second that a hanging backend can cost.
pub const PAGES: usize = 512;

/// The slots, in Rocket's managed state.
#[derive(Debug)]
pub struct Slots(Semaphore);

impl Default for Slots {
    fn default() -> Self {
        Self(Semaphore::new(PAGES))
    }
}

/// One slot, for as long as this lives.
#[derive(Debug)]
pub struct Admission<'r>(#[allow(dead_code, reason = "held, not read")] SemaphorePermit<'r>);

/// All slots are taken.
#[derive(Debug)]
pub struct Full;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Admission<'r> {
    type Error = Full;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Full> {
        let slots = request.rocket().state::<Slots>();
        match slots.and_then(|slots| slots.0.try_acquire().ok()) {
            Some(permit) => Outcome::Success(Self(permit)),
            None => Outcome::Error((Status::ServiceUnavailable, Full)),
        }
    }
}
