//! Puts the parts together, launches Rocket and stops it in order.

use std::net::SocketAddr;

use rocket::config::{LogLevel, Shutdown as ShutdownConfig, Sig};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::figment::{self, Figment};
use rocket::{Build, Config, Ignite, Rocket, catchers, routes};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use telemetry::export::Exporter;
use telemetry::metrics::{Registry, Requests};
use telemetry::scrape;
use telemetry::shutdown::Signals;

use crate::admission::Slots;
use crate::assets::{self, Assets};
use crate::client::Client;
use crate::config::Arguments;
use crate::failure::Failure;
use crate::observe::Observer;
use crate::pages::{self, Links};
use crate::{problem, templates};

/// Seconds that accepted requests get after a signal, and that connections then get to close.
/// A page takes at most its deadline of 1 s; the rest is for slow readers.
const DRAIN: (u32, u32) = (3, 1);

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
///
/// When the configuration is bad, a port is in use, or the server breaks.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let figment = figment(&arguments);
    // Rocket would print its own errors, on several lines.
    let config = Config::try_from(&figment).map_err(|error| setting(&error))?;
    raise_descriptor_limit();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.workers)
        .max_blocking_threads(config.max_blocking)
        .enable_all()
        .build()
        .map_err(Failure::runtime)?
        .block_on(serve(arguments, figment))
}

/// As many connections as the machine allows: the soft limit of 1024 that many systems start a
/// process with is for programs that use `select`. A flood then takes longer to shut out probes.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

async fn serve(arguments: Arguments, figment: Figment) -> Result<(), Failure> {
    let signals = Signals::new().map_err(Failure::runtime)?;
    let mut registry = Registry::default();
    let exporter = Exporter::from_env("marketplace")?;
    let rocket = rocket(&arguments, figment, &mut registry, &exporter)?;
    if let Some(port) = arguments.metrics_port {
        let address = SocketAddr::new(arguments.address, port);
        let listener = scrape::bind(address).map_err(Failure::runtime)?;
        tokio::spawn(scrape::serve(listener, registry));
    }
    let rocket = rocket
        .ignite()
        .await
        .map_err(|error| launch(&arguments, &error))?;
    let shutdown = rocket.shutdown();
    tokio::spawn(async {
        signals.recv().await;
        shutdown.notify();
    });
    let ended = until_shutdown(rocket, &arguments).await;
    exporter.shutdown();
    ended
}

/// Rocket with its routes, ready to ignite; recommendations is being connected to.
///
/// # Errors
///
/// When a host, a template or a static file is bad.
pub fn rocket(
    arguments: &Arguments,
    figment: Figment,
    registry: &mut Registry,
    exporter: &Exporter,
) -> Result<Rocket<Build>, Failure> {
    let targets = arguments.targets()?;
    templates::check(&arguments.template_dir).map_err(Failure::configuration)?;
    let assets = Assets::read(&arguments.static_dir).map_err(Failure::configuration)?;
    let links = Links {
        style: assets.address("style.css"),
        icon: assets.address("favicon.svg"),
    };
    Ok(rocket::custom(figment)
        .manage(Client::start(targets, registry, exporter.clone()))
        .manage(Slots::default())
        .manage(assets)
        .manage(links)
        .attach(Observer {
            requests: Requests::server(registry),
            exporter: exporter.clone(),
        })
        .attach(templates::fairing())
        // Pages carry their own, stricter headers.
        .attach(rocket::shield::Shield::new())
        .attach(AdHoc::on_liftoff("listening", |rocket| {
            Box::pin(async move {
                let address = SocketAddr::new(rocket.config().address, rocket.config().port);
                tracing::info!(%address, "listening");
            })
        }))
        .mount(
            "/",
            routes![
                pages::home,
                pages::category,
                pages::live,
                pages::ready,
                assets::file
            ],
        )
        .register("/", catchers![problem::any]))
}

/// Rocket's own settings, with ours over them: `tracing` logs, the signals are ours.
#[must_use]
pub fn figment(arguments: &Arguments) -> Figment {
    Config::figment()
        .merge(("address", arguments.address))
        .merge(("port", arguments.port))
        .merge(("template_dir", &arguments.template_dir))
        .merge(("log_level", LogLevel::Off))
        .merge(("cli_colors", false))
        .merge(("ident", false))
        .merge((
            "shutdown",
            ShutdownConfig {
                ctrlc: false,
                signals: std::collections::HashSet::<Sig>::new(),
                grace: DRAIN.0,
                mercy: DRAIN.1,
                force: false,
                ..ShutdownConfig::default()
            },
        ))
}

async fn until_shutdown(rocket: Rocket<Ignite>, arguments: &Arguments) -> Result<(), Failure> {
    match rocket.launch().await {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            // Whoever has not read an answer by now is not waited for.
            ErrorKind::Shutdown(_, None) => {
                tracing::warn!("stopped with connections still open");
                Ok(())
            }
            _ => Err(launch(arguments, &error)),
        },
    }
}

/// One line for a launch that failed. Looking at the kind also keeps the error from panicking.
fn launch(arguments: &Arguments, error: &rocket::Error) -> Failure {
    match error.kind() {
        ErrorKind::Bind(error) => {
            let address = SocketAddr::new(arguments.address, arguments.port);
            Failure::Runtime(format!(
                "cannot listen on {address} (ROCKET_ADDRESS, ROCKET_PORT): {error}"
            ))
        }
        ErrorKind::Config(error) => setting(error),
        kind => Failure::Runtime(kind.to_string()),
    }
}

/// One line for a setting of Rocket's own, called by the variable that may hold it.
fn setting(error: &figment::Error) -> Failure {
    let name = error.path.join("_").to_uppercase();
    Failure::Configuration(format!("ROCKET_{name} (or Rocket.toml): {}", error.kind))
}
