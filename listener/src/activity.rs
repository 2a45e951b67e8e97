//! What a connection is doing: whether it is being answered, and when something last passed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

/// A handle of one connection, for the server that speaks on it. Clones are of the same connection.
#[derive(Clone, Debug)]
pub struct Activity(Arc<Signs>);

#[derive(Debug)]
struct Signs {
    /// When the listener started.
    since: Instant,
    /// When something last passed, in milliseconds after that.
    heard: AtomicU64,
    /// Answers that are being made.
    answers: AtomicU64,
    /// Tells the connection to end, when dropped.
    end: Mutex<Option<oneshot::Sender<()>>>,
}

/// An answer in progress: its connection does not have to make room for as long as this lives.
#[derive(Debug)]
#[must_use = "the answer is in progress for as long as this lives"]
pub struct Answering(Activity);

impl Activity {
    /// A new connection of the listener that started at `since`. The receiver resolves when the
    /// connection has to end.
    pub(crate) fn new(since: Instant) -> (Self, oneshot::Receiver<()>) {
        let (end, ended) = oneshot::channel();
        let activity = Self(Arc::new(Signs {
            since,
            heard: AtomicU64::default(),
            answers: AtomicU64::default(),
            end: Mutex::new(Some(end)),
        }));
        activity.heard();
        (activity, ended)
    }

    /// Marks an answer as being made. For answers whose length the server decides alone: a peer
    /// that could draw one out would keep its place for as long as it likes.
    pub fn answering(&self) -> Answering {
        self.0.answers.fetch_add(1, Ordering::Relaxed);
        Answering(self.clone())
    }

    /// Ends the connection, whatever it is doing: its next read fails.
    pub fn end(&self) {
        let mut end = self.0.end.lock().unwrap_or_else(PoisonError::into_inner);
        *end = None;
    }

    /// Something was read or written.
    pub(crate) fn heard(&self) {
        let now = self.0.since.elapsed().as_millis();
        self.heard_at(u64::try_from(now).unwrap_or(u64::MAX));
    }

    pub(crate) fn heard_at(&self, milliseconds: u64) {
        self.0.heard.store(milliseconds, Ordering::Relaxed);
    }

    /// When something last passed; the smaller, the longer it has been silent. `None` while an
    /// answer is being made: that silence is the server's own.
    pub(crate) fn silent_since(&self) -> Option<u64> {
        let busy = self.0.answers.load(Ordering::Relaxed) > 0;
        (!busy).then(|| self.0.heard.load(Ordering::Relaxed))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        // The answer is still to be written: until then, its end is the last thing that happened.
        self.0.heard();
        self.0.0.answers.fetch_sub(1, Ordering::Relaxed);
    }
}
