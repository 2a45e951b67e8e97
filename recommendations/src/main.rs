//! The program: reads its configuration, sets up logging, binds, serves.

use std::process::ExitCode;

use clap::Parser;
use recommendations::{
    catalogue::Catalogue,
    config::{Cli, Command, Config},
    failure::Failure,
    health,
    server::Server,
};
use telemetry::{
    export::Exporter,
    logging,
    metrics::{Registry, Rpcs},
    scrape,
    shutdown::Signals,
};

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("recommendations: {failure}");
            failure.exit_code()
        }
    }
}

fn start() -> Result<(), Failure> {
    match Cli::try_parse() {
        Ok(cli) => run(&cli),
        // --help and --version are errors to clap, but not to those who asked.
        Err(error) if !error.use_stderr() => Ok(error.print()?),
        Err(error) => Err(Failure::Usage(error)),
    }
}

// One thread: a call takes microseconds, less than waking another thread for it. More calls than
// one core can answer are more replicas.
#[tokio::main(flavor = "current_thread")]
async fn run(cli: &Cli) -> Result<(), Failure> {
    match cli.command {
        Some(Command::Health) => Ok(health::probe(cli.config.probe_address()).await?),
        None => serve(&cli.config).await,
    }
}

async fn serve(config: &Config) -> Result<(), Failure> {
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
