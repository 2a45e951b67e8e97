//! Ends every process that came from this one, wherever it has gone.
//!
//! A browser is a dozen processes, and some leave their parent on purpose. As a child subreaper
//! this process becomes the parent of those whose own has ended, so none can get away.

use std::{
    fs, io, thread,
    time::{Duration, Instant},
};

use rustix::process::{self, Pid, Signal, WaitOptions};

/// How long a killed process may take to be gone.
const LIMIT: Duration = Duration::from_secs(5);

/// From now on, orphans among the descendants become children of this process.
///
/// # Errors
/// When the kernel has no subreapers.
pub fn adopt_orphans() -> io::Result<()> {
    Ok(process::set_child_subreaper(Some(process::getpid()))?)
}

/// Kills all descendants, and returns when none is left or the limit is over. Nothing but what is
/// to be ended may be a child of this process.
pub fn end_descendants() {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        for child in children() {
            let _ = process::kill_process(child, Signal::KILL);
        }
        match process::wait(WaitOptions::NOHANG) {
            // One is gone; its children are now ours.
            Ok(Some(_)) => {}
            Ok(None) => thread::sleep(Duration::from_millis(2)),
            // No child is left.
            Err(_) => return,
        }
    }
}

/// The children of all threads of this process.
fn children() -> Vec<Pid> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten();
    let lists = threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let numbers = lists.collect::<String>();
    let pids = numbers
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    pids.filter_map(Pid::from_raw).collect()
}
