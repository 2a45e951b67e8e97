//! Puts the parts together: binds the port, ignites Rocket, serves until a signal.

use std::net::SocketAddr;

use listener::{Listener, descriptors};
use rocket::config::LogLevel;
use rocket::error::ErrorKind;
use rocket::figment::providers::Env;
use rocket::figment::{self, Figment};
use rocket::local::asynchronous::Client as InProcess;
use rocket::{Build, Config, Rocket, Route, catchers, routes};
use telemetry::export::Exporter;
use telemetry::metrics::{Registry, Requests};
use telemetry::scrape;
use telemetry::shutdown::Signals;
use tokio::runtime::Builder;

use crate::admission::Slots;
use crate::assets::{self, Assets};
use crate::client::Client;
use crate::config::Arguments;
use crate::failure::Failure;
use crate::front;
use crate::observe::Observer;
use crate::pages::{self, Links};
use crate::problem;
use crate::templates::Templates;

/// Runs until SIGTERM or SIGINT, with `more` routes than the shop's own.
///
/// # Errors
///
/// When the configuration is bad, a port is in use, or the server breaks.
pub fn run(arguments: Arguments, more: Vec<Route>) -> Result<(), Failure> {
    let figment = figment(&arguments);
    // Rocket would print its own errors, on several lines.
    Config::try_from(&figment).map_err(|error| setting(&error))?;
    let mut runtime = match arguments.threads() {
        // Without others there is nobody to wake, and nothing to lock.
        1 => Builder::new_current_thread(),
        threads => {
            let mut runtime = Builder::new_multi_thread();
            runtime.worker_threads(threads);
            runtime
        }
    };
    let runtime = runtime.enable_all().build().map_err(Failure::runtime)?;
    runtime.block_on(serve(arguments, figment, more))
}

async fn serve(arguments: Arguments, figment: Figment, more: Vec<Route>) -> Result<(), Failure> {
    let signals = Signals::new().map_err(Failure::runtime)?;
    let mut registry = Registry::default();
    let exporter = Exporter::from_env("marketplace")?;
    let rocket = rocket(&arguments, figment, &mut registry, &exporter)?;
    let asked = SocketAddr::new(arguments.address, arguments.port);
    let bound = Listener::bind(asked, descriptors::raise()).await;
    let (address, listener) = bound
        .and_then(|listener| Ok((listener.address()?, listener)))
        .map_err(|error| {
            let variables = "ROCKET_ADDRESS, ROCKET_PORT";
            Failure::Runtime(format!("cannot listen on {asked} ({variables}): {error}"))
        })?;
    if let Some(port) = arguments.metrics_port {
        let address = SocketAddr::new(arguments.address, port);
        let listener = scrape::bind(address).map_err(Failure::runtime)?;
        scrape::start(listener, registry).map_err(Failure::runtime)?;
    }
    let rocket = InProcess::untracked(rocket.mount("/", more)).await;
    let rocket = rocket.map_err(|error| ignition(&error))?;
    tracing::info!(%address, "listening");
    front::serve(listener, rocket, arguments.drain(), signals.recv()).await;
    exporter.shutdown();
    Ok(())
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
    let templates = Templates::read(&arguments.template_dir).map_err(Failure::configuration)?;
    let assets = Assets::read(&arguments.static_dir).map_err(Failure::configuration)?;
    let links = Links {
        style: assets.address("style.css"),
        icon: assets.address("favicon.svg"),
    };
    let observer = Observer {
        requests: Requests::server(registry),
        exporter: exporter.clone(),
    };
    Ok(rocket::custom(figment)
        .manage(Client::start(targets, registry, exporter.clone()))
        .manage(Slots::default())
        .manage(assets)
        .manage(links)
        .manage(templates)
        // For answers that are not Rocket's, too.
        .manage(observer.clone())
        .attach(observer)
        // Pages carry their own, stricter headers.
        .attach(rocket::shield::Shield::new())
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

/// Rocket's own settings from its variables, with ours over them; it reads no Rocket.toml from
/// wherever it was started. What its server would do is done in [`front`].
#[must_use]
pub fn figment(arguments: &Arguments) -> Figment {
    Figment::from(Config::default())
        .merge(Env::prefixed("ROCKET_").global())
        .merge(("address", arguments.address))
        .merge(("port", arguments.port))
        .merge(("log_level", LogLevel::Off))
        .merge(("cli_colors", false))
        .merge(("ident", false))
}

/// One line for a Rocket that cannot be. Looking at the kind also keeps the error from panicking.
fn ignition(error: &rocket::Error) -> Failure {
    match error.kind() {
        ErrorKind::Config(error) => setting(error),
        kind => Failure::Runtime(kind.to_string()),
    }
}

/// One line for a setting of Rocket's own, called by the variable that may hold it.
fn setting(error: &figment::Error) -> Failure {
    let name = error.path.join("_").to_uppercase();
    Failure::Configuration(format!("ROCKET_{name}: {}", error.kind))
}
