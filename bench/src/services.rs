//! The services as child processes, as the description has them: real programs, real logging.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, time::sleep};

use crate::{
    description::Service,
    http,
    ports::{NoPort, Ports},
    process::{self, Process},
};

/// How long a service may take to listen, and a page to be there.
const START: Duration = Duration::from_secs(10);
/// The time between two looks.
const LOOK: Duration = Duration::from_millis(5);
/// The port that `/metrics` is on, in the description.
const METRICS: &str = "metrics";

/// A service does not come up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No port for it.
    #[error(transparent)]
    Port(#[from] NoPort),
    /// Its process is not as it should be.
    #[error(transparent)]
    Process(#[from] process::Error),
    /// The description has no port of this name for it.
    #[error("the description has no port {port:?} for {service}")]
    Unknown {
        /// The service.
        service: String,
        /// The port's name.
        port: String,
    },
    /// It runs, but is not there.
    #[error("{name}: not there after {} s: {cause}", START.as_secs())]
    Late {
        /// The service.
        name: String,
        /// What was seen last.
        cause: String,
    },
}

/// How one replica of a service is started; it can be, again and again, on the same ports.
#[derive(Clone, Debug)]
pub struct Plan {
    name: String,
    program: PathBuf,
    variables: BTreeMap<String, String>,
    /// Where it serves.
    pub address: SocketAddr,
    /// Where it has its `/metrics`.
    pub metrics: SocketAddr,
}

impl Plan {
    /// A replica called `name`, on free ports, that calls `callees`.
    ///
    /// # Errors
    /// When there is no free port, or the description lacks one.
    pub fn new(
        name: &str,
        service: &Service,
        ports: &mut Ports,
        callees: &[&Self],
    ) -> Result<Self, Error> {
        let mut variables = BTreeMap::new();
        variables.insert(service.address.clone(), Ipv4Addr::LOCALHOST.to_string());
        let mut numbers = BTreeMap::new();
        for (port, described) in &service.ports {
            let number = ports.take()?;
            variables.insert(described.variable.clone(), number.to_string());
            numbers.insert(port.as_str(), number);
        }
        for file in service.files.values() {
            let source = file.source.display().to_string();
            variables.insert(file.variable.clone(), source);
        }
        let addresses: Vec<_> = callees.iter().map(|it| it.address.to_string()).collect();
        for call in service.calls.values() {
            variables.insert(call.host_variable.clone(), addresses.join(","));
        }
        let address_of = |port: &str| match numbers.get(port) {
            Some(number) => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, *number))),
            None => Err(Error::Unknown {
                service: name.to_owned(),
                port: port.to_owned(),
            }),
        };
        Ok(Self {
            name: name.to_owned(),
            program: service.program.clone(),
            address: address_of(&service.health.port)?,
            metrics: address_of(METRICS)?,
            variables,
        })
    }

    /// Starts it, with its log in `folder`, and waits until it listens on its ports.
    ///
    /// # Errors
    /// When it ends instead, or takes too long.
    pub async fn start(&self, folder: &Path) -> Result<Process, Error> {
        let mut command = Command::new(&self.program);
        command.env_clear().envs(&self.variables);
        let mut process = Process::start(&self.name, &mut command, folder)?;
        let start = Instant::now();
        for address in [self.address, self.metrics] {
            while let Err(error) = TcpStream::connect(address).await {
                process.must_run()?;
                if start.elapsed() > START {
                    return Err(Error::Late {
                        name: format!("{} at {address}", self.name),
                        cause: error.to_string(),
                    });
                }
                sleep(LOOK).await;
            }
        }
        // Another process may be what listens there.
        process.must_run()?;
        Ok(process)
    }

    /// Starts a marketplace as [`Plan::start`] does, and waits until it has a page.
    ///
    /// # Errors
    /// When it ends instead, or takes too long.
    pub async fn start_with_page(&self, folder: &Path) -> Result<Process, Error> {
        let mut process = self.start(folder).await?;
        let start = Instant::now();
        loop {
            let cause = match http::get(&self.address.to_string(), "/").await {
                Ok(answer) if answer.status == ::http::StatusCode::OK => return Ok(process),
                Ok(answer) => answer.status.to_string(),
                Err(error) => error.to_string(),
            };
            process.must_run()?;
            if start.elapsed() > START {
                return Err(Error::Late {
                    name: format!("{}'s page", self.name),
                    cause,
                });
            }
            sleep(LOOK).await;
        }
    }
}
