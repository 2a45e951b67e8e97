//! One line on standard error that says what is being done: rewritten on a terminal, a line
//! after the other elsewhere.

use std::io::{IsTerminal, Write, stderr};

/// Where the line goes.
#[derive(Debug)]
pub struct Progress {
    program: &'static str,
    terminal: bool,
}

impl Progress {
    /// The line of `program`, on standard error.
    #[must_use]
    pub fn of(program: &'static str) -> Self {
        let terminal = stderr().is_terminal();
        Self { program, terminal }
    }

    /// Says what is done now.
    pub fn now(&self, what: &str) {
        let program = self.program;
        if self.terminal {
            self.write(&format!("\r\x1b[K{program}: {what}"));
        } else {
            self.write(&format!("{program}: {what}\n"));
        }
    }

    /// Says something that stays.
    pub fn say(&self, what: &str) {
        self.clear();
        self.write(&format!("{}: {what}\n", self.program));
    }

    /// Takes the line away.
    pub fn clear(&self) {
        if self.terminal {
            self.write("\r\x1b[K");
        }
    }

    fn write(&self, text: &str) {
        // Nothing can be said where nobody listens.
        let _ = stderr().write_all(text.as_bytes());
    }
}
