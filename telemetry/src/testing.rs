//! What tests of log lines need: a place that keeps them.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing::subscriber::{DefaultGuard, set_default};

/// Keeps what is written.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Takes the lines of this thread, until the result is dropped.
    pub fn collect(self) -> DefaultGuard {
        let lines = tracing_subscriber::fmt()
            .with_writer(move || self.clone())
            .with_ansi(false)
            .finish();
        set_default(lines)
    }

    /// What was written.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
