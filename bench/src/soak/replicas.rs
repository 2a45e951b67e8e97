//! Three recommendations that are restarted in turn, in order and not, each on its own port.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{
    command_line::Failure,
    description::Service,
    metrics::Metrics,
    ports::Ports,
    process::Process,
    services::{self, Plan},
};

const REPLICAS: usize = 3;
/// How long a replica is away, so that its absence is met and not slept through.
const AWAY: Duration = Duration::from_millis(300);
/// How long it may be there again without being asked anything, before this gives up; the soak's
/// rule is stricter.
const UNUSED: Duration = Duration::from_secs(10);

/// A replica: how it is started, and while it runs, its process.
#[derive(Debug)]
struct Replica {
    plan: Plan,
    process: Option<Process>,
}

/// The replicas.
#[derive(Debug)]
pub(super) struct Replicas {
    replicas: Vec<Replica>,
    restarts: u64,
    longest: Duration,
}

impl Replicas {
    /// Starts them on free ports.
    pub async fn start(
        service: &Service,
        ports: &mut Ports,
        folder: &Path,
    ) -> Result<Self, services::Error> {
        let mut replicas = Vec::new();
        for number in 1..=REPLICAS {
            let plan = Plan::new(&format!("recommendations-{number}"), service, ports, &[])?;
            let process = Some(plan.start(folder).await?);
            replicas.push(Replica { plan, process });
        }
        Ok(Self {
            replicas,
            restarts: 0,
            longest: Duration::ZERO,
        })
    }

    /// How they are started.
    pub fn plans(&self) -> Vec<&Plan> {
        self.replicas.iter().map(|replica| &replica.plan).collect()
    }

    /// How often one was restarted.
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// The longest time from when one was there again until it had answered a call.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// Ends the next one in turn, every other time without letting it finish anything; starts it
    /// again, and waits until it is used: two away at a time would be another experiment.
    pub async fn restart_next(&mut self, folder: &Path) -> Result<(), Failure> {
        let killed = !self.restarts.is_multiple_of(2);
        let index = self.restarts as usize % self.replicas.len();
        let Replica { plan, process } = &mut self.replicas[index];
        let failed = |error: services::Error| Failure::of("a restart", error);
        if let Some(process) = process.take() {
            let ended = if killed {
                process.kill().await
            } else {
                process.terminate().await
            };
            ended.map_err(|error| failed(error.into()))?;
        }
        sleep(AWAY).await;
        *process = Some(plan.start(folder).await.map_err(failed)?);
        let back = Instant::now();
        until_used(plan).await?;
        self.longest = self.longest.max(back.elapsed());
        self.restarts += 1;
        Ok(())
    }

    /// Their processes, which are the caller's from now on.
    pub fn processes(&mut self) -> impl Iterator<Item = Process> {
        self.replicas.iter_mut().filter_map(|it| it.process.take())
    }
}

/// Waits until a replica that was just started has answered a call.
async fn until_used(plan: &Plan) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::of("a replica's return", error);
    let start = Instant::now();
    loop {
        let metrics = Metrics::read(plan.metrics)
            .await
            .map_err(|error| failed(&error))?;
        let labels = [("grpc_method", "Recommend"), ("grpc_code", "OK")];
        let calls = metrics.total("grpc_server_handled_total", &labels);
        if calls.map_err(|error| failed(&error))? > 0 {
            return Ok(());
        }
        if start.elapsed() > UNUSED {
            return Err(failed(&format!("no call within {} s", UNUSED.as_secs())));
        }
        sleep(Duration::from_millis(10)).await;
    }
}
