//! The calls that are open in this process: a bound on their number, and an end to those that
//! last too long.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use listener::Activity;

/// The open calls of one kind.
#[derive(Debug)]
pub struct Calls {
    most: usize,
    limit: Option<Duration>,
    next: AtomicU64,
    open: Mutex<HashMap<u64, Open>>,
}

/// What is known of one of them.
#[derive(Debug)]
struct Open {
    since: Instant,
    connection: Option<Activity>,
}

/// One call's place among them; gives it back when dropped.
#[derive(Debug)]
pub struct Place {
    calls: Arc<Calls>,
    number: u64,
}

impl Calls {
    /// None yet, and at most `most` at a time. `limit` is how long one may be open, from its
    /// headers to the last byte that its peer has let the server send.
    pub fn new(most: usize, limit: Option<Duration>) -> Self {
        Self {
            most,
            limit,
            next: AtomicU64::default(),
            open: Mutex::default(),
        }
    }

    /// A place for one more, on `connection`; `None` where there is none.
    pub fn enter(self: &Arc<Self>, connection: Option<Activity>) -> Option<Place> {
        let mut open = self.open();
        if open.len() >= self.most {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let since = Instant::now();
        open.insert(number, Open { since, connection });
        let calls = Arc::clone(self);
        Some(Place { calls, number })
    }

    /// Ends the connections of calls that have been open for longer than the limit, with all that
    /// is on them. Nothing less helps: hyper asks an answer for more only once its peer lets more
    /// be sent, so where the peer does not, the answer cannot end itself.
    pub fn end_overdue(&self) {
        let Some(limit) = self.limit else { return };
        for call in self.open().values() {
            if let Some(connection) = &call.connection
                && call.since.elapsed() > limit
            {
                connection.end();
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.calls.open().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_bound_there_is_no_place_until_one_is_given_back() {
        let calls = Arc::new(Calls::new(2, None));
        let first = calls.enter(None);
        let second = calls.enter(None);
        assert!(first.is_some() && second.is_some());
        assert!(calls.enter(None).is_none());
        drop(first);
        assert!(calls.enter(None).is_some());
    }
}
