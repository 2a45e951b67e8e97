//! Sixteen visitors, each on a connection that is kept, who look at one page after the other and
//! read each in full.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::sleep};

use super::answers::{Books, Question};
use crate::{http::Connection, progress::Progress};

const VISITORS: usize = 16;
/// The rest after a request that failed: what fails at once is not asked for all the time.
const REST: Duration = Duration::from_millis(10);
/// Failures that are told one by one; further ones are only counted.
const TOLD: u64 = 50;

/// The visitors, and what they have met with so far.
#[derive(Clone, Debug)]
pub(super) struct Visitors(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    shop: String,
    books: Books,
    questions: Vec<Question>,
    progress: Progress,
    begun: Instant,
    leave: AtomicBool,
    sent: AtomicU64,
    failed: AtomicU64,
    /// In microseconds.
    longest: AtomicU64,
}

impl Visitors {
    /// Visitors of the marketplace at `shop`.
    pub fn new(
        shop: SocketAddr,
        books: Books,
        questions: Vec<Question>,
        progress: Progress,
    ) -> Self {
        Self(Arc::new(Shared {
            shop: shop.to_string(),
            books,
            questions,
            progress,
            begun: Instant::now(),
            leave: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            longest: AtomicU64::new(0),
        }))
    }

    /// Requests that have been answered, or have failed.
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Relaxed)
    }

    /// Requests without an answer, and wrong answers.
    pub fn failed(&self) -> u64 {
        self.0.failed.load(Relaxed)
    }

    /// The longest time that one waited for an answer.
    pub fn longest(&self) -> Duration {
        Duration::from_micros(self.0.longest.load(Relaxed))
    }

    /// Lets them come, and ask until they are to leave; then the last answers have been read, and
    /// the connections are closed.
    pub async fn come(&self) {
        self.0.leave.store(false, Relaxed);
        let mut visits = JoinSet::new();
        for number in 0..VISITORS {
            visits.spawn(Arc::clone(&self.0).visit(number));
        }
        while visits.join_next().await.is_some() {}
    }

    /// Tells them to leave.
    pub fn leave(&self) {
        self.0.leave.store(true, Relaxed);
    }
}

impl Shared {
    async fn visit(self: Arc<Self>, number: usize) {
        let mut connection = None;
        // Each begins with another page.
        for question in self.questions.iter().cycle().skip(number) {
            if self.leave.load(Relaxed) {
                return;
            }
            let start = Instant::now();
            let asked = self.ask(&mut connection, question).await;
            let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.longest.fetch_max(took, Relaxed);
            self.sent.fetch_add(1, Relaxed);
            if let Err(cause) = asked {
                self.tell(question, &cause);
                connection = None;
                sleep(REST).await;
            }
        }
    }

    async fn ask(
        &self,
        connection: &mut Option<Connection>,
        question: &Question,
    ) -> Result<(), String> {
        let connection = match connection {
            Some(connection) => connection,
            None => {
                let opened = Connection::open(&self.shop).await;
                connection.insert(opened.map_err(|error| error.to_string())?)
            }
        };
        let answer = connection.get(&question.path).await;
        let answer = answer.map_err(|error| error.to_string())?;
        self.books.check(question, &answer)
    }

    fn tell(&self, question: &Question, cause: &str) {
        let failed = self.failed.fetch_add(1, Relaxed) + 1;
        let after = self.begun.elapsed().as_secs_f64();
        if failed <= TOLD {
            let path = &question.path;
            self.progress
                .say(&format!("after {after:.3} s: {path}: {cause}"));
        }
        if failed == TOLD {
            self.progress.say("further failures are only counted");
        }
    }
}
