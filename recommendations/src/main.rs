//! The program: reads its configuration, sets up logging, binds, serves.

use std::{io, process::ExitCode};

use clap::Parser;
use recommendations::{
    catalogue::{Catalogue, CatalogueError},
    config::{self, Cli, Command, Config},
    health::{self, ProbeError},
    server::{Server, ServerError},
};
use telemetry::{
    export::{self, Exporter},
    logging,
    metrics::{Registry, Rpcs},
    scrape,
    shutdown::Signals,
};

/// Everything that ends the program early.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Logging(#[from] logging::Error),
    #[error(transparent)]
    Metrics(#[from] scrape::BindError),
    #[error(transparent)]
    Export(#[from] export::Error),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Probe(#[from] ProbeError),
    #[error("cannot start: {0}")]
    Runtime(#[from] io::Error),
}

impl Error {
    /// 2 for bad configuration, 1 for a failure at run time.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Catalogue(_) | Self::Logging(_) => 2,
            Self::Export(export::Error::Variable { .. }) => 2,
            Self::Export(_)
            | Self::Metrics(_)
            | Self::Server(_)
            | Self::Probe(_)
            | Self::Runtime(_) => 1,
        }
    }
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // --help and --version are errors to clap, but not to those who asked.
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => return fail(&config::usage_error(&error), 2),
    };
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string(), error.exit_code()),
    }
}

fn fail(message: &str, code: u8) -> ExitCode {
    eprintln!("recommendations: {message}");
    code.into()
}

// One thread: a call takes microseconds, less than waking another thread for it. More calls than
// one core can answer are more replicas.
#[tokio::main(flavor = "current_thread")]
async fn run(cli: &Cli) -> Result<(), Error> {
    match cli.command {
        Some(Command::Health) => Ok(health::probe(cli.config.probe_address()).await?),
        None => serve(&cli.config).await,
    }
}

async fn serve(config: &Config) -> Result<(), Error> {
    let _logging = logging::init()?;
    let signals = Signals::new()?;
    let catalogue = Catalogue::load(config.catalogue.as_deref())?;
    let mut registry = Registry::default();
    let calls = Rpcs::server(&mut registry);
    let exporter = Exporter::from_env("recommendations")?;
    let server = Server::bind(config.listen_address()).await?;
    if let Some(port) = config.metrics_port {
        let listener = scrape::bind((config.address, port).into())?;
        scrape::start(listener, registry)?;
    }

    tracing::info!(address = %server.local_addr(), books = catalogue.len(), "serving");
    let end = signals.recv();
    let served = server.serve(catalogue, calls, exporter.clone(), config.drain(), end);
    let served = served.await;
    exporter.shutdown();
    served?;
    tracing::info!("stopped");
    Ok(())
}
