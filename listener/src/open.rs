//! The connections that are held, and which of them goes when there is no room.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::activity::Activity;

/// All of them.
#[derive(Debug)]
pub struct Open {
    most: usize,
    started: Instant,
    next: AtomicU64,
    places: Mutex<HashMap<u64, Activity>>,
}

/// One connection's place among them; gives it back when dropped.
#[derive(Debug)]
pub struct Held {
    open: Arc<Open>,
    number: u64,
    /// What the place is judged by.
    pub activity: Activity,
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

    /// A place for one more, if need be that of the most silent one; `None` where all of them are
    /// being answered. The receiver resolves when the place is lost.
    pub fn enter(self: &Arc<Self>) -> Option<(Held, oneshot::Receiver<()>)> {
        let mut places = self.places();
        if places.len() >= self.most {
            let silent = places
                .iter()
                .filter_map(|(number, activity)| Some((activity.silent_since()?, *number)));
            let (_, most_silent) = silent.min()?;
            if let Some(activity) = places.remove(&most_silent) {
                activity.end();
            }
        }
        let (activity, ended) = Activity::new(self.started);
        let held = Held {
            open: Arc::clone(self),
            number: self.next.fetch_add(1, Ordering::Relaxed),
            activity: activity.clone(),
        };
        places.insert(held.number, activity);
        Some((held, ended))
    }

    fn places(&self) -> MutexGuard<'_, HashMap<u64, Activity>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.open.places().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot::error::TryRecvError;

    use super::*;

    /// Three places, all taken, the second of them silent for longest.
    fn full() -> (Arc<Open>, Vec<(Held, oneshot::Receiver<()>)>) {
        let open = Arc::new(Open::new(3));
        let held: Vec<_> = (0..3).map(|_| open.enter().unwrap()).collect();
        for ((held, _), silent_since) in held.iter().zip([30, 10, 20]) {
            held.activity.heard_at(silent_since);
        }
        (open, held)
    }

    /// Which of them have lost their places.
    fn lost(held: &mut [(Held, oneshot::Receiver<()>)]) -> Vec<bool> {
        held.iter_mut()
            .map(|(_, ended)| ended.try_recv() == Err(TryRecvError::Closed))
            .collect()
    }

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
        let (open, mut held) = full();
        let _one_more = open.enter().unwrap();
        assert_eq!(open.count(), 3);
        assert_eq!(lost(&mut held), [false, true, false]);
    }

    #[test]
    fn one_that_is_being_answered_keeps_its_place() {
        let (open, mut held) = full();
        let answering = held[1].0.activity.answering();
        let _one_more = open.enter().unwrap();
        assert_eq!(lost(&mut held), [false, false, true]);
        drop(answering);
        assert_ne!(held[1].0.activity.silent_since(), Some(10));
    }

    #[test]
    fn where_all_are_being_answered_there_is_no_room() {
        let (open, mut held) = full();
        let answering: Vec<_> = held.iter().map(|it| it.0.activity.answering()).collect();
        assert!(open.enter().is_none());
        assert_eq!(lost(&mut held), [false; 3]);
        drop(answering);
        assert!(open.enter().is_some());
    }
}
