//! Sets up `tracing`: readable lines on a terminal, one JSON object a line otherwise.
//!
//! Logs go to standard error. Standard output stays free for what a command was asked to print
//! (`--help`, `--version`).

use std::io::{IsTerminal, Stderr, stderr};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, fmt};

use crate::lines::Lines;

/// Characters of a path that are logged.
const LOGGED: usize = 256;

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `RUST_LOG` is not a list of directives.
    #[error(
        "RUST_LOG={value:?}: {source}; expected a level (error, warn, info, debug, trace, off) \
         or a list such as info,telemetry=debug"
    )]
    Filter {
        /// What the variable holds.
        value: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// A subscriber is installed already.
    #[error("logging is set up twice: {0}")]
    Twice(#[from] TryInitError),
    /// There is no thread for it.
    #[error("logging cannot start: {0}")]
    Thread(#[from] std::io::Error),
}

impl Error {
    /// Whether the configuration has to be changed; otherwise it may be right, and the machine or
    /// the program did not let it happen.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::Filter { .. })
    }
}

/// Logging that is set up; writes the last lines when dropped, at the end of the program.
#[derive(Debug)]
#[must_use = "lines that still wait are written when this is dropped"]
pub struct Logging(Lines<Stderr>);

impl Drop for Logging {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Installs the process-wide subscriber; `RUST_LOG` chooses what is shown, `info` by default.
///
/// # Errors
///
/// When `RUST_LOG` does not parse, when a subscriber is installed already, and when the machine
/// refuses a thread.
pub fn init() -> Result<Logging, Error> {
    let filter = filter(std::env::var("RUST_LOG").ok())?;
    let lines = Lines::new(stderr())?;
    let layer = fmt::layer().with_writer(lines.clone());
    let layer = if stderr().is_terminal() {
        layer.boxed()
    } else {
        layer
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .boxed()
    };
    tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init()?;
    Ok(Logging(lines))
}

/// The directives of `RUST_LOG`; unset and empty mean the default.
///
/// `Targets` and not `EnvFilter`: it understands `level` and `target=level`, which is what is
/// used in practice, and spares the program a regular expression engine.
fn filter(variable: Option<String>) -> Result<Targets, Error> {
    match variable.filter(|value| !value.trim().is_empty()) {
        None => Ok(Targets::new().with_default(LevelFilter::INFO)),
        Some(value) => value
            .parse()
            .map_err(|source| Error::Filter { value, source }),
    }
}

/// The beginning of `path`, 256 characters of it at the most: a path is as long as its sender
/// likes, a log line is not.
#[must_use]
pub fn shortened(path: &str) -> &str {
    let end = path.char_indices().nth(LOGGED);
    end.map_or(path, |(end, _)| &path[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::filter::LevelFilter;

    #[test]
    fn info_is_the_default() {
        for variable in [None, Some(String::new()), Some(" ".to_owned())] {
            let filter = filter(variable).unwrap();
            assert_eq!(filter.default_level(), Some(LevelFilter::INFO));
        }
    }

    #[test]
    fn a_level_and_a_list_are_understood() {
        let level = filter(Some("debug".to_owned())).unwrap();
        assert_eq!(level.default_level(), Some(LevelFilter::DEBUG));
        let list = filter(Some("warn,telemetry=trace".to_owned())).unwrap();
        assert!(list.would_enable("telemetry", &tracing::Level::TRACE));
        assert!(!list.would_enable("other", &tracing::Level::INFO));
    }

    #[test]
    fn a_bad_value_is_named() {
        let error = filter(Some("marketplace=loud".to_owned())).unwrap_err();
        assert!(error.to_string().contains("marketplace=loud"), "{error}");
    }

    #[test]
    fn only_a_bad_value_is_a_matter_of_configuration() {
        let filter = filter(Some("marketplace=loud".to_owned())).unwrap_err();
        assert!(filter.is_configuration());
        let thread = Error::Thread(std::io::Error::other("no thread"));
        assert!(!thread.is_configuration());
    }

    #[test]
    fn a_path_is_shortened_between_two_characters() {
        assert_eq!(shortened("/short"), "/short");
        let exact = "é".repeat(256);
        assert_eq!(shortened(&exact), exact);
        assert_eq!(shortened(&format!("{exact}é")), exact);
    }
}
