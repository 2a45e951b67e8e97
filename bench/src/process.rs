//! A child process that is never left behind: dropped, it is asked to end, and then made to.

use std::{
    fs::{self, File},
    io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

/// How long a process may take to end once it was asked to: a service drains for 10 s at most.
pub const END: Duration = Duration::from_secs(20);
/// The time between two looks at a process.
const LOOK: Duration = Duration::from_millis(2);

/// A process did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be started.
    #[error("{program} cannot be started: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// It ended, well or not, when it should not have, or not well when it should.
    #[error("{name} ended with {status}; its last line: {line}")]
    Ended {
        /// The process.
        name: String,
        /// How it ended.
        status: ExitStatus,
        /// The last line that it wrote.
        line: String,
    },
    /// It went on for longer than it may.
    #[error("{name} has not ended after {} s", .limit.as_secs())]
    Late {
        /// The process.
        name: String,
        /// How long it had.
        limit: Duration,
    },
    /// The operating system refused something.
    #[error("{name}: {source}")]
    System {
        /// The process.
        name: String,
        /// What the operating system says.
        source: io::Error,
    },
}

/// A running process.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    errors: PathBuf,
}

impl Process {
    /// Starts `command`, apart from the terminal: it has nothing to read, it writes to `NAME.out`
    /// and `NAME.log` in `folder`, at their ends, and Ctrl-C does not reach it, so that it is
    /// ended in order.
    ///
    /// # Errors
    /// When there is no such program or the files cannot be written.
    pub fn start(name: &str, command: &mut Command, folder: &Path) -> Result<Self, Error> {
        let start = |source| Error::Start {
            program: command.get_program().display().to_string(),
            source,
        };
        let errors = folder.join(format!("{name}.log"));
        let open = |path: &Path| File::options().create(true).append(true).open(path);
        let out = open(&folder.join(format!("{name}.out"))).map_err(start)?;
        let log = open(&errors).map_err(start)?;
        let spawned = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(log)
            .process_group(0)
            .spawn();
        let child = spawned.map_err(|source| Error::Start {
            program: command.get_program().display().to_string(),
            source,
        })?;
        Ok(Self {
            name: name.to_owned(),
            child,
            errors,
        })
    }

    /// What it was called at its start.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails if it has ended.
    ///
    /// # Errors
    /// With how it ended, and its last line.
    pub fn must_run(&mut self) -> Result<(), Error> {
        match self.look()? {
            None => Ok(()),
            Some(status) => Err(self.ended(status)),
        }
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it goes on for longer than `limit`.
    pub async fn end(&mut self, limit: Duration) -> Result<ExitStatus, Error> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.look()? {
                return Ok(status);
            }
            if start.elapsed() > limit {
                return Err(Error::Late {
                    name: self.name.clone(),
                    limit,
                });
            }
            sleep(LOOK).await;
        }
    }

    /// Asks for an orderly end (SIGTERM) and waits for it.
    ///
    /// # Errors
    /// When it takes longer than [`END`], or the exit code is not 0.
    pub async fn terminate(mut self) -> Result<(), Error> {
        self.signal(Signal::TERM);
        let status = self.end(END).await?;
        if status.success() {
            return Ok(());
        }
        Err(self.ended(status))
    }

    /// Ends it at once (SIGKILL).
    ///
    /// # Errors
    /// When even that does not end it.
    pub async fn kill(mut self) -> Result<(), Error> {
        self.signal(Signal::KILL);
        self.end(END).await.map(drop)
    }

    fn look(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.child.try_wait().map_err(|source| Error::System {
            name: self.name.clone(),
            source,
        })
    }

    /// Only for a process that has not been seen to end: its number may be another's by then.
    fn signal(&self, signal: Signal) {
        // The one error that there can be is that it has just ended.
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }

    fn ended(&self, status: ExitStatus) -> Error {
        Error::Ended {
            name: self.name.clone(),
            status,
            line: last_line(&fs::read_to_string(&self.errors).unwrap_or_default()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let running = |child: &mut Child| matches!(child.try_wait(), Ok(None));
        if !running(&mut self.child) {
            return;
        }
        self.signal(Signal::TERM);
        let start = Instant::now();
        while running(&mut self.child) {
            if start.elapsed() > END {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            thread::sleep(LOOK);
        }
    }
}

/// The last line of a text that has something in it.
#[must_use]
pub fn last_line(text: &str) -> String {
    let mut lines = text.lines().rev();
    let line = lines.find(|line| !line.trim().is_empty());
    line.unwrap_or("(none)").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::test_kill_process;

    fn shell(script: &str, folder: &Path) -> Process {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Process::start("test", &mut command, folder).unwrap()
    }

    #[tokio::test]
    async fn a_process_that_is_dropped_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let process = shell("exec sleep 60", folder.path());
        let pid = Pid::from_child(&process.child);
        test_kill_process(pid).unwrap();
        let start = Instant::now();
        drop(process);
        assert!(start.elapsed() < Duration::from_secs(10));
        test_kill_process(pid).unwrap_err();
    }

    #[tokio::test]
    async fn an_end_that_is_not_well_is_said_with_the_last_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = shell("echo why >&2; exit 3", folder.path());
        process.end(END).await.unwrap();
        let error = process.must_run().unwrap_err().to_string();
        let expected = "test ended with exit status: 3; its last line: why";
        assert_eq!(error, expected);
    }

    #[tokio::test]
    async fn a_process_that_goes_on_is_late() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = shell("exec sleep 60", folder.path());
        let error = process.end(Duration::from_millis(20)).await.unwrap_err();
        assert!(matches!(error, Error::Late { .. }), "{error}");
        process.kill().await.unwrap();
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("/nowhere/shop");
        let error = Process::start("shop", &mut command, folder.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("/nowhere/shop cannot be started")
        );
    }
}
