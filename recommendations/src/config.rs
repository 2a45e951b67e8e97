//! The configuration: flags, each with an environment variable, and what is said when one is wrong.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{Args, CommandFactory, Parser, Subcommand};
use cli::port;

/// Recommends books of a category, over gRPC.
///
/// RUST_LOG chooses what is logged. With OTEL_EXPORTER_OTLP_ENDPOINT, traces go to that
/// OpenTelemetry collector; its other OTEL_ variables work then.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// What to do; without one, serve.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to do it.
    #[command(flatten)]
    pub config: Config,
}

/// What the program can do beside serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask the running service whether it is healthy: exits with 0 if it is, with 1 if not.
    Health,
}

/// Everything that can be set.
#[derive(Debug, Args)]
pub struct Config {
    /// IP address to listen on.
    #[arg(long, env = "RECOMMENDATIONS_ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into(), global = true)]
    pub address: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(
        long,
        env = "RECOMMENDATIONS_PORT",
        default_value_t = 50051,
        global = true,
        value_parser = port
    )]
    pub port: u16,
    /// Catalogue to recommend from, a JSON file [default: the one in the program].
    #[arg(long, env = "CATALOGUE", value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// Port that Prometheus reads metrics from, on the same address [default: none].
    #[arg(long, env = "METRICS_PORT", value_name = "PORT", value_parser = port)]
    pub metrics_port: Option<u16>,
    /// Seconds that calls in flight get to finish after SIGTERM or SIGINT.
    #[arg(
        long,
        env = "DRAIN_SECONDS",
        value_name = "SECONDS",
        default_value_t = 10
    )]
    pub drain_seconds: u16,
}

impl Config {
    /// Where to listen.
    pub fn listen_address(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.port)
    }

    /// Where the service answers on this machine: "every address" is no address to call.
    pub fn probe_address(&self) -> SocketAddr {
        let address = match self.address {
            IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            address => address,
        };
        SocketAddr::new(address, self.port)
    }

    /// How long calls in flight get to finish.
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds.into())
    }
}

/// What is wrong with the command line or the environment, in one line.
pub fn usage_error(error: &clap::Error) -> String {
    cli::usage_error(error, Cli::command())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(args: &[&str]) -> Result<Config, clap::Error> {
        let args = ["recommendations"].iter().chain(args);
        Cli::try_parse_from(args).map(|cli| cli.config)
    }

    #[test]
    fn the_probe_of_every_address_asks_loopback() {
        let probe = |address| {
            let config = config(&["--address", address, "--port", "7"]).unwrap();
            config.probe_address().to_string()
        };
        assert_eq!(probe("0.0.0.0"), "127.0.0.1:7");
        assert_eq!(probe("::"), "[::1]:7");
        assert_eq!(probe("10.1.2.3"), "10.1.2.3:7");
    }

    #[test]
    fn a_wrong_value_is_one_line() {
        let error = config(&["--port", "99999"]).unwrap_err();
        assert_eq!(
            usage_error(&error),
            "invalid value '99999' for '--port <PORT>': not a port, which is a number from 0 to 65535 (see --help)"
        );
    }
}
