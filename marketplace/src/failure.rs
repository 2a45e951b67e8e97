//! Why the service did not start or did not go on: one line, and the exit code that tells
//! a bad configuration (2) from a failure at run time (1).

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// What ends the process.
#[derive(Debug)]
pub enum Failure {
    /// The configuration has to be changed.
    Configuration(String),
    /// The configuration may be right; the machine did not let it happen.
    Runtime(String),
}

impl Failure {
    /// A bad configuration, with the causes of `error` in the same line.
    pub fn configuration(error: impl Error) -> Self {
        Self::Configuration(one_line(&error))
    }

    /// A failure at run time, with the causes of `error` in the same line.
    pub fn runtime(error: impl Error) -> Self {
        Self::Runtime(one_line(&error))
    }

    /// The process's exit code.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) => ExitCode::from(2),
            Self::Runtime(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Configuration(line) | Self::Runtime(line)) = self;
        f.write_str(line)
    }
}

impl Error for Failure {}

impl From<telemetry::logging::Error> for Failure {
    fn from(error: telemetry::logging::Error) -> Self {
        if error.is_configuration() {
            Self::configuration(error)
        } else {
            Self::runtime(error)
        }
    }
}

impl From<telemetry::export::Error> for Failure {
    fn from(error: telemetry::export::Error) -> Self {
        match error {
            telemetry::export::Error::Variable { .. } => Self::configuration(error),
            telemetry::export::Error::Thread(_) => Self::runtime(error),
        }
    }
}

/// An error and its causes, joined by colons; line breaks become spaces. A cause that its
/// error's own message has already is not said twice.
#[must_use]
pub fn one_line(error: &dyn Error) -> String {
    let unbroken = |error: &dyn Error| {
        let message = error.to_string();
        message.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut line = unbroken(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = unbroken(error);
        if !line.contains(&message) {
            line = format!("{line}: {message}");
        }
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer\n  line")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn causes_are_joined_in_one_line() {
        let error = Outer(std::io::Error::other("inner"));
        assert_eq!(one_line(&error), "outer line: inner");
    }
}
