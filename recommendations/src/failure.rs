//! Why the program ends early: one line, and the exit code that tells a bad configuration (2) from
//! a failure at run time (1).

use std::{io, process::ExitCode};

use telemetry::{export, logging, scrape};

use crate::{catalogue::CatalogueError, config, health::ProbeError, server::ServerError};

/// What ends the program.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line or a variable that it stands for is wrong.
    #[error("{}", config::usage_error(.0))]
    Usage(clap::Error),
    /// The catalogue cannot be used.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// Logging cannot be set up.
    #[error(transparent)]
    Logging(#[from] logging::Error),
    /// Metrics cannot be served.
    #[error(transparent)]
    Metrics(#[from] scrape::BindError),
    /// Spans cannot be exported.
    #[error(transparent)]
    Export(#[from] export::Error),
    /// The server cannot run.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The server that was asked is not healthy.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The machine refuses a thread, or signals.
    #[error("cannot start: {0}")]
    Runtime(#[from] io::Error),
}

impl Failure {
    /// The process's exit code.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        let configuration = match self {
            Self::Usage(_) | Self::Catalogue(_) => true,
            Self::Logging(error) => error.is_configuration(),
            Self::Export(error) => matches!(error, export::Error::Variable { .. }),
            Self::Metrics(_) | Self::Server(_) | Self::Probe(_) | Self::Runtime(_) => false,
        };
        if configuration { 2 } else { 1 }.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_logging_does_not_get_is_a_failure_at_run_time() {
        let thread = logging::Error::Thread(io::Error::other("no thread"));
        assert_eq!(Failure::from(thread).exit_code(), 1.into());
    }
}
