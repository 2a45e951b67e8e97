//! Launches the marketplace's own server with more routes, as `marketplace::server::run` does
//! without them.

use std::net::SocketAddr;

use marketplace::{config::Arguments, failure::Failure, server};
use rocket::{Config, Route, error::ErrorKind};
use telemetry::{metrics::Registry, scrape, shutdown::Signals};

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// When the configuration is bad or a port is in use.
pub fn launch(arguments: &Arguments, routes: Vec<Route>) -> Result<(), Failure> {
    let figment = server::figment(arguments);
    let config = Config::try_from(&figment).map_err(Failure::configuration)?;
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.workers)
        .max_blocking_threads(config.max_blocking)
        .enable_all()
        .build()
        .map_err(Failure::runtime)?
        .block_on(async {
            let signals = Signals::new().map_err(Failure::runtime)?;
            let mut registry = Registry::default();
            let rocket = server::rocket(arguments, figment, &mut registry)?;
            if let Some(port) = arguments.metrics_port {
                let address = SocketAddr::new(arguments.address, port);
                let listener = scrape::bind(address).map_err(Failure::runtime)?;
                tokio::spawn(scrape::serve(listener, registry));
            }
            let rocket = rocket
                .mount("/", routes)
                .ignite()
                .await
                .map_err(|error| Failure::Runtime(error.kind().to_string()))?;
            let shutdown = rocket.shutdown();
            tokio::spawn(async {
                signals.recv().await;
                shutdown.notify();
            });
            match rocket.launch().await {
                Ok(_) => Ok(()),
                Err(error) if matches!(error.kind(), ErrorKind::Shutdown(_, None)) => Ok(()),
                Err(error) => Err(Failure::Runtime(error.kind().to_string())),
            }
        })
}
