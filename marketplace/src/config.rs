//! Flags and environment variables.

use std::net::IpAddr;
use std::num::NonZero;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use cli::port;

use crate::failure::Failure;
use crate::hosts::{self, Target};

/// Serves the pages of the bookstore.
///
/// Every flag has a variable; the flag wins. RUST_LOG works as well. With
/// OTEL_EXPORTER_OTLP_ENDPOINT, traces go to that OpenTelemetry collector; its other OTEL_
/// variables work then.
#[derive(Clone, Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Arguments {
    /// Address to listen on, for pages and for metrics
    #[arg(
        long,
        env = "ROCKET_ADDRESS",
        default_value = "127.0.0.1",
        value_name = "IP"
    )]
    pub address: IpAddr,

    /// Port of the pages
    #[arg(long, env = "ROCKET_PORT", default_value = "5000", value_parser = port)]
    pub port: u16,

    /// Port of /metrics, for Prometheus; without it there is no such listener
    #[arg(long, env = "METRICS_PORT", value_name = "PORT", value_parser = port)]
    pub metrics_port: Option<u16>,

    /// Threads that answer [default: one for every two cores]
    #[arg(long, env = "ROCKET_WORKERS", value_name = "THREADS")]
    pub workers: Option<NonZero<usize>>,

    /// Seconds that requests get to finish after SIGTERM or SIGINT
    #[arg(
        long,
        env = "DRAIN_SECONDS",
        default_value = "5",
        value_name = "SECONDS"
    )]
    pub drain_seconds: u16,

    /// Where recommendations is: names or addresses, separated by commas, each with an optional
    /// port (`books.example`, `10.0.0.7:50052`, `[::1]:50051`)
    #[arg(
        long,
        env = "RECOMMENDATIONS_HOST",
        default_value = "localhost",
        value_name = "HOSTS"
    )]
    pub recommendations_host: String,

    /// Port of the hosts that have none of their own
    #[arg(long, env = "RECOMMENDATIONS_PORT", default_value = "50051", value_name = "PORT", value_parser = port)]
    pub recommendations_port: u16,

    /// Folder of the page templates
    #[arg(
        long,
        env = "ROCKET_TEMPLATE_DIR",
        default_value = "marketplace/templates",
        value_name = "FOLDER"
    )]
    pub template_dir: PathBuf,

    /// Folder of the static files
    #[arg(
        long,
        env = "ROCKET_STATIC_DIR",
        default_value = "marketplace/static",
        value_name = "FOLDER"
    )]
    pub static_dir: PathBuf,
}

impl Arguments {
    /// Reads the command line and the environment; `None` when it was enough to print the help
    /// or the version.
    ///
    /// # Errors
    ///
    /// One line that names the flag, its variable and what is wrong with the value.
    pub fn read() -> Result<Option<Self>, Failure> {
        match Self::try_parse() {
            Ok(arguments) => Ok(Some(arguments)),
            Err(error) => match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    error.print().map_err(Failure::runtime)?;
                    Ok(None)
                }
                _ => Err(Failure::Configuration(one_line(&error))),
            },
        }
    }

    /// Threads that answer: as many as was said, or one for every two cores that this process may
    /// use. What it calls needs some, too; and two threads on two cores wake each other so often
    /// that they answer no more than one.
    #[must_use]
    pub fn threads(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        self.workers
            .map_or_else(|| cores().div_ceil(2), NonZero::get)
    }

    /// How long requests get to finish.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds.into())
    }

    /// Where recommendations is.
    ///
    /// # Errors
    ///
    /// When a host in the list is not one.
    pub fn targets(&self) -> Result<Vec<Target>, Failure> {
        hosts::parse(&self.recommendations_host, self.recommendations_port)
            .map_err(Failure::configuration)
    }
}

/// What is wrong with the command line or the environment, in one line.
fn one_line(error: &clap::Error) -> String {
    cli::usage_error(error, Arguments::command())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(arguments: &[&str]) -> String {
        let program = std::iter::once(&"marketplace");
        let parsed = Arguments::try_parse_from(program.chain(arguments));
        one_line(&parsed.unwrap_err())
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_bad_value_is_named_with_its_flag() {
        let message = error(&["--port", "99999"]);
        for part in ["99999", "--port", "0 to 65535"] {
            assert!(message.contains(part), "{message}");
        }
        assert!(error(&["--nonsense"]).contains("--nonsense"));
    }

    #[test]
    fn a_service_link_is_explained() {
        let message = error(&["--recommendations-port", "tcp://10.0.0.1:50051"]);
        assert!(message.contains("enableServiceLinks"), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
}
