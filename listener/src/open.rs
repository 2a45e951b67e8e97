//! The connections that are held, and which of them goes when there is no room.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

/// All of them.
#[derive(Debug)]
pub struct Open {
    most: usize,
    started: Instant,
    next: AtomicU64,
    places: Mutex<HashMap<u64, Place>>,
}

/// What is known of one of them.
#[derive(Debug)]
struct Place {
    heard: Arc<Heard>,
    /// Dropped, it tells the connection to end.
    _end: oneshot::Sender<()>,
}

/// When a connection last read or wrote something, in milliseconds since the first was possible.
#[derive(Debug, Default)]
struct Heard(AtomicU64);

/// One connection's place among them; gives it back when dropped.
#[derive(Debug)]
pub struct Held {
    open: Arc<Open>,
    number: u64,
    heard: Arc<Heard>,
}

impl Open {
    /// None yet, and at most so many.
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            started: Instant::now(),
            next: AtomicU64::default(),
            places: Mutex::default(),
        }
    }

    /// How many there are.
    #[cfg(test)]
    fn count(&self) -> usize {
        self.places().len()
    }

    /// A place for one more, if need be that of the most silent one. The receiver resolves when
    /// the place is lost.
    pub fn enter(self: &Arc<Self>) -> (Held, oneshot::Receiver<()>) {
        let (end, ended) = oneshot::channel();
        let held = Held {
            open: Arc::clone(self),
            number: self.next.fetch_add(1, Ordering::Relaxed),
            heard: Arc::default(),
        };
        held.heard();
        let place = Place {
            heard: Arc::clone(&held.heard),
            _end: end,
        };
        let mut places = self.places();
        if places.len() >= self.most {
            let silent = places
                .iter()
                .min_by_key(|(number, place)| (place.heard.0.load(Ordering::Relaxed), **number));
            if let Some(number) = silent.map(|(number, _)| *number) {
                places.remove(&number);
            }
        }
        places.insert(held.number, place);
        (held, ended)
    }

    fn places(&self) -> MutexGuard<'_, HashMap<u64, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Something was read or written.
    pub fn heard(&self) {
        let now = u64::try_from(self.open.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.0.store(now, Ordering::Relaxed);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.open.places().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back() {
        let open = Arc::new(Open::new(2));
        let held = open.enter();
        assert_eq!(open.count(), 1);
        drop(held);
        assert_eq!(open.count(), 0);
    }

    #[test]
    fn the_most_silent_one_makes_room() {
        let open = Arc::new(Open::new(3));
        let mut held: Vec<_> = (0..3).map(|_| open.enter()).collect();
        for (at, silent_since) in [(0, 30), (1, 10), (2, 20)] {
            held[at].0.heard.0.store(silent_since, Ordering::Relaxed);
        }
        let _one_more = open.enter();
        assert_eq!(open.count(), 3);
        let lost: Vec<bool> = held
            .iter_mut()
            .map(|(_, ended)| ended.try_recv() == Err(oneshot::error::TryRecvError::Closed))
            .collect();
        assert_eq!(lost, [false, true, false]);
    }
}
