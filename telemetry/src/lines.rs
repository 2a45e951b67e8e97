//! Writes log lines: one by one while they are few, several at a time while they are many.
//!
//! A line goes out at once where none did in the last moments. Under load lines are gathered for
//! [`TOGETHER`], because a system call and a wakened reader for each would cost as much as
//! answering half a request. So a process that is killed under load may lose the lines of that
//! time, and those alone; one that ends by itself loses none.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

/// How long lines may wait for others.
const TOGETHER: Duration = Duration::from_millis(10);
/// Bytes that are written without waiting for more.
const ENOUGH: usize = 8 * 1024;

/// A writer of lines. Clones share it; dropping the last one, or calling [`Lines::flush`], writes
/// what waits.
#[derive(Debug)]
pub struct Lines<Sink: Write>(Arc<Shared<Sink>>);

#[derive(Debug)]
struct Shared<Sink: Write> {
    state: Mutex<State<Sink>>,
    waiting: Condvar,
}

#[derive(Debug)]
struct State<Sink: Write> {
    sink: Sink,
    pending: Vec<u8>,
    written: Option<Instant>,
}

impl<Sink: Write + Send + 'static> Lines<Sink> {
    /// Writes to `sink`, with a thread for the lines that wait.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn new(sink: Sink) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                sink,
                pending: Vec::with_capacity(2 * ENOUGH),
                written: None,
            }),
            waiting: Condvar::new(),
        });
        let of_thread = Arc::downgrade(&shared);
        thread::Builder::new()
            .name("log lines".to_owned())
            .spawn(move || {
                while let Some(shared) = of_thread.upgrade() {
                    shared.write_later();
                }
            })?;
        Ok(Self(shared))
    }

    /// Writes what waits.
    pub fn flush(&self) {
        self.0.state().write();
    }
}

impl<Sink: Write> Shared<Sink> {
    fn state(&self) -> MutexGuard<'_, State<Sink>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &[u8]) {
        let mut state = self.state();
        state.pending.extend_from_slice(line);
        let alone = state.written.is_none_or(|last| last.elapsed() >= TOGETHER);
        if alone || state.pending.len() >= ENOUGH {
            state.write();
        } else if state.pending.len() == line.len() {
            self.waiting.notify_one();
        }
    }

    /// Waits for a line that waits, gives it its time, writes it with those that came since.
    fn write_later(&self) {
        let state = self.state();
        // Not for ever: the last owner may be gone.
        let waited = self
            .waiting
            .wait_timeout_while(state, 100 * TOGETHER, |state| state.pending.is_empty());
        drop(waited);
        thread::sleep(TOGETHER);
        self.state().write();
    }
}

impl<Sink: Write> State<Sink> {
    /// There is nowhere to say that a log cannot be written.
    fn write(&mut self) {
        if !self.pending.is_empty() {
            let _ = self.sink.write_all(&self.pending);
            let _ = self.sink.flush();
            self.pending.clear();
            self.written = Some(Instant::now());
        }
    }
}

impl<Sink: Write> Drop for Shared<Sink> {
    fn drop(&mut self) {
        self.state().write();
    }
}

impl<Sink: Write> Clone for Lines<Sink> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Sink: Write> Write for Lines<Sink> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<Sink: Write> MakeWriter<'_> for Lines<Sink> {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written, a part for each time.
    #[derive(Clone, Debug, Default)]
    struct Parts(Arc<Mutex<Vec<String>>>);

    impl Write for Parts {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            self.0.lock().unwrap().push(text);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn after(condition: impl Fn() -> bool) {
        let started = Instant::now();
        while !condition() {
            assert!(started.elapsed() < Duration::from_secs(10), "not in time");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_line_alone_is_written_at_once() {
        let parts = Parts::default();
        let mut lines = Lines::new(parts.clone()).unwrap();
        lines.write_all(b"one\n").unwrap();
        assert_eq!(*parts.0.lock().unwrap(), ["one\n"]);
        thread::sleep(2 * TOGETHER);
        lines.write_all(b"two\n").unwrap();
        assert_eq!(*parts.0.lock().unwrap(), ["one\n", "two\n"]);
    }

    #[test]
    fn many_lines_are_written_together_and_none_waits_long() {
        let parts = Parts::default();
        let mut lines = Lines::new(parts.clone()).unwrap();
        let expected: String = (0..10_000).map(|n| format!("line {n}\n")).collect();
        for line in expected.split_inclusive('\n') {
            lines.write_all(line.as_bytes()).unwrap();
        }
        // Without a further line, and without an end.
        after(|| parts.0.lock().unwrap().concat() == expected);
        let writes = parts.0.lock().unwrap().len();
        assert!(writes < 1000, "{writes} writes");
    }

    #[test]
    fn an_end_and_a_flush_lose_nothing() {
        let parts = Parts::default();
        let mut lines = Lines::new(parts.clone()).unwrap();
        lines.write_all(b"first\n").unwrap();
        lines.write_all(b"second\n").unwrap();
        lines.flush();
        assert_eq!(parts.0.lock().unwrap().concat(), "first\nsecond\n");
        lines.write_all(b"third\n").unwrap();
        drop(lines);
        after(|| parts.0.lock().unwrap().concat() == "first\nsecond\nthird\n");
    }
}
