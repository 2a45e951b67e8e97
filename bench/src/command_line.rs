//! What both programs do around their work: a folder for logs, signals, exit codes.
//!
//! Work is a future. A signal drops it, and with it every process that it started.

use std::{fmt::Display, future::Future, io, path::Path, process::ExitCode};

use tokio::signal::unix::{SignalKind, signal};

use crate::progress::Progress;

/// Why there is no result, in one line.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The program was asked for something that cannot be: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Something did not happen as it should: exit code 1.
    #[error("{what}: {cause}")]
    Run {
        /// The figure or the rule.
        what: String,
        /// What happened.
        cause: String,
    },
}

impl Failure {
    /// A failure of what is called `what`.
    pub fn of(what: impl Into<String>, cause: impl Display) -> Self {
        Self::Run {
            what: what.into(),
            cause: cause.to_string(),
        }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Run { .. } => 1,
        }
    }
}

/// Does `work` and gives the process's exit code: that of the work, or that of its failure, or of
/// a signal. The work gets a folder for its logs, which stays, and is named, where it fails.
pub fn run(
    program: &'static str,
    work: impl AsyncFnOnce(&Path) -> Result<ExitCode, Failure>,
) -> ExitCode {
    let progress = Progress::of(program);
    let outcome = folder(program).and_then(|folder| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let outcome = runtime.block_on(until_signal(work(folder.path())))?;
        Ok((folder, outcome))
    });
    match outcome {
        Err(error) => {
            progress.say(&format!("cannot start: {error}"));
            1.into()
        }
        Ok((_, Outcome::Signal(name, code))) => {
            progress.say(&format!("{name}: everything that was started is ended"));
            code.into()
        }
        Ok((_, Outcome::Done(Ok(code)))) => {
            progress.clear();
            code
        }
        Ok((folder, Outcome::Done(Err(failure)))) => {
            progress.say(&failure.to_string());
            let Failure::Run { .. } = failure else {
                return failure.exit_code().into();
            };
            keep(folder, &progress);
            failure.exit_code().into()
        }
    }
}

fn folder(program: &str) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix(&format!("{program}-"))
        .tempdir()
}

fn keep(folder: tempfile::TempDir, progress: &Progress) {
    let folder = folder.keep();
    progress.say(&format!("the logs are in {}", folder.display()));
}

enum Outcome<T> {
    Done(T),
    Signal(&'static str, u8),
}

/// What `work` gives, unless a signal comes before: SIGINT, SIGTERM, or that the terminal is gone.
async fn until_signal<T>(work: impl Future<Output = T>) -> io::Result<Outcome<T>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        done = work => Outcome::Done(done),
        _ = interrupt.recv() => Outcome::Signal("interrupted", 130),
        _ = terminate.recv() => Outcome::Signal("terminated", 143),
        _ = hangup.recv() => Outcome::Signal("hung up", 129),
    })
}
