//! What is wrong with a command line or the environment, said the same way in every service: in
//! one line, with the variable that a value came from.

use std::env;

use clap::Command;
use clap::error::{ContextKind, ContextValue};

/// Reads a port's number, for clap's `value_parser`.
///
/// # Errors
///
/// When it is not one; says so for a person, and explains what Kubernetes may have put there.
pub fn port(value: &str) -> Result<u16, String> {
    value.parse().map_err(|_| {
        if value.contains("://") {
            "this is what Kubernetes' service links put into the variable; set \
             enableServiceLinks: false in the pod, or the variable to a number"
                .to_owned()
        } else {
            "not a port, which is a number from 0 to 65535".to_owned()
        }
    })
}

/// What `error` says of a use of `command`, in one line: clap's own message goes over several, and
/// does not say which variable a value came from.
#[must_use]
pub fn usage_error(error: &clap::Error, command: Command) -> String {
    describe(error, command, |name| env::var(name).ok())
}

/// As [`usage_error`], with the environment that `value_of` reads.
fn describe(
    error: &clap::Error,
    command: Command,
    value_of: impl Fn(&str) -> Option<String>,
) -> String {
    let message = error.to_string();
    let line = message.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    match variable(error, command) {
        Some((variable, value)) if value_of(&variable).as_ref() == Some(&value) => {
            format!("{line} (from {variable})")
        }
        _ => format!("{line} (see --help)"),
    }
}

/// The variable of the argument that `error` complains of, and the value that it had.
fn variable(error: &clap::Error, mut command: Command) -> Option<(String, String)> {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) else {
        return None;
    };
    // Arguments know how they are written only in a command that is built.
    command.build();
    let argument = command
        .get_arguments()
        .find(|argument| argument.to_string() == *flag)?;
    let name = argument.get_env()?.to_str()?;
    Some((name.to_owned(), value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Arguments {
        #[arg(long, env = "BOOKS_TEST_PORT", value_parser = port)]
        _port: Option<u16>,
    }

    /// What is said of these arguments, where the variable holds `variable`.
    fn said(arguments: &[&str], variable: Option<&str>) -> String {
        use clap::CommandFactory;
        let arguments = ["books"].iter().chain(arguments);
        let error = Arguments::try_parse_from(arguments).unwrap_err();
        describe(&error, Arguments::command(), |name| {
            assert_eq!(name, "BOOKS_TEST_PORT");
            variable.map(str::to_owned)
        })
    }

    #[test]
    fn a_wrong_value_is_one_line() {
        let start = "invalid value '99999' for '--port <PORT>': \
                     not a port, which is a number from 0 to 65535";
        for other in [None, Some("7")] {
            let line = said(&["--port", "99999"], other);
            assert_eq!(line, format!("{start} (see --help)"));
        }
        let line = said(&["--port", "99999"], Some("99999"));
        assert_eq!(line, format!("{start} (from BOOKS_TEST_PORT)"));
    }

    #[test]
    fn an_empty_value_names_its_variable() {
        let line = said(&["--port", ""], Some(""));
        assert!(line.ends_with("(from BOOKS_TEST_PORT)"), "{line}");
    }

    #[test]
    fn an_unknown_flag_is_one_line() {
        let line = said(&["--prot", "1"], None);
        assert_eq!(line, "unexpected argument '--prot' found (see --help)");
    }

    #[test]
    fn a_service_link_is_explained() {
        let line = said(&["--port", "tcp://10.0.0.1:50051"], None);
        assert!(line.contains("enableServiceLinks"), "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
}
