//! What a process holds when nobody asks it for anything.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::proc::{self, Memory};

/// How long it has for closing what its visitors left.
const SETTLE: Duration = Duration::from_secs(5);
/// For how long its descriptors have to stay as they are.
const QUIET: Duration = Duration::from_secs(1);
/// The time between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// Memory and open files at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Health {
    /// Resident memory in bytes.
    pub memory: u64,
    /// Open files and sockets.
    pub descriptors: u64,
}

impl Health {
    fn of(pid: u32) -> Result<Self, proc::Error> {
        Ok(Self {
            memory: proc::memory(pid, Memory::Resident)?,
            descriptors: proc::descriptors(pid)?,
        })
    }

    /// A process's once it has come to rest: its descriptors stay as they are, and are not more
    /// than `before`, or the time for that is over.
    pub async fn settled(pid: u32, before: Option<&Self>) -> Result<Self, proc::Error> {
        let start = Instant::now();
        let mut since = start;
        let mut last = Self::of(pid)?;
        loop {
            sleep(LOOK).await;
            let now = Self::of(pid)?;
            if now.descriptors != last.descriptors {
                since = Instant::now();
            }
            last = now;
            let back = before.is_none_or(|before| now.descriptors <= before.descriptors);
            let quiet = since.elapsed() >= QUIET;
            if quiet && (back || start.elapsed() > SETTLE) || start.elapsed() > SETTLE * 2 {
                return Ok(now);
            }
        }
    }
}
