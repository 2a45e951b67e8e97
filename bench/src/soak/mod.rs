//! Many requests against a marketplace with three recommendations that are restarted in turn, and
//! the rules that have to hold: no wrong answer, no request lost, nothing that grows.

mod answers;
mod health;
mod replicas;
mod visitors;

use std::{path::Path, time::Duration};

use tokio::time::{Instant, sleep};

use self::{
    answers::{Books, Question},
    health::Health,
    replicas::Replicas,
    visitors::Visitors,
};
use crate::{
    command_line::Failure,
    description::Description,
    figures::{Figure, Target},
    metrics::{self, Metrics},
    ports::Ports,
    process::Process,
    progress::Progress,
    services::Plan,
    unit::{Unit, grouped},
};

/// One part in so many of all requests comes before the first look at memory.
const WARM_UP: u64 = 20;
/// How much more memory there may be at the end than after that: a tenth.
const GROWTH: f64 = 1.1;
/// Restarts at the least, so that both ways of ending a process have their turn.
const RESTARTS: u64 = 2;
/// How soon a replica that comes back has to be asked again.
const BACK: Duration = Duration::from_secs(5);
/// The time between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(2);

/// A soak: what, how long, and where it is told.
#[derive(Debug)]
pub struct Soak<'a> {
    /// What is asked.
    pub description: &'a Description,
    /// How often, at least.
    pub requests: u64,
    /// Where logs go.
    pub folder: &'a Path,
    /// Where it is told.
    pub progress: &'a Progress,
}

impl Soak<'_> {
    /// Runs it. What was found is in the figures; those with a target are the rules.
    ///
    /// # Errors
    /// When a process does not start, or does not end as it should.
    pub async fn run(&self) -> Result<Vec<Figure>, Failure> {
        let services = &self.description.services;
        let books = Books::of(&services.recommendations);
        let books = books.map_err(|error| Failure::of("the catalogue", error))?;
        let failed = |error| Failure::of("the services", error);

        self.progress.now("starting the services");
        let mut ports = Ports::default();
        let replicas = Replicas::start(&services.recommendations, &mut ports, self.folder);
        let mut replicas = replicas.await.map_err(failed)?;
        let shop = Plan::new(
            "marketplace",
            &services.marketplace,
            &mut ports,
            &replicas.plans(),
        );
        let shop = shop.map_err(failed)?;
        let marketplace = shop.start_with_page(self.folder).await.map_err(failed)?;

        let progress = Progress::of("soak");
        let visitors = Visitors::new(shop.address, books, Question::all(), progress);
        let started = Instant::now();
        let mut at = Vec::new();
        for requests in [self.requests.div_ceil(WARM_UP), self.requests] {
            self.visit(&visitors, &mut replicas, requests).await?;
            let look = Health::settled(marketplace.id(), at.last()).await;
            at.push(look.map_err(|error| Failure::of("the marketplace", error))?);
        }
        let took = started.elapsed();

        let retried = retried(&shop).await;
        let retried = retried.map_err(|error| Failure::of("calls made again", error))?;
        self.progress.now("ending the services");
        end(marketplace, replicas.processes()).await?;
        Ok(figures(&visitors, &replicas, took, retried, &at))
    }

    /// Lets visitors ask until `requests` have been sent in all; restarts replicas all the time.
    async fn visit(
        &self,
        visitors: &Visitors,
        replicas: &mut Replicas,
        requests: u64,
    ) -> Result<(), Failure> {
        let enough = replicas.restarts() + RESTARTS;
        let restarting = async {
            while visitors.sent() < requests || replicas.restarts() < enough {
                replicas.restart_next(self.folder).await?;
            }
            // Not before: it takes requests to see that a replica is used again.
            visitors.leave();
            Ok::<_, Failure>(())
        };
        let visiting = async {
            let come = async {
                visitors.come().await;
                Ok(())
            };
            tokio::try_join!(restarting, come).map(drop)
        };
        let telling = async {
            loop {
                sleep(PROGRESS).await;
                self.progress.now(&format!(
                    "{} of {} requests, {} failed",
                    grouped(visitors.sent() as f64),
                    grouped(self.requests as f64),
                    grouped(visitors.failed() as f64),
                ));
            }
        };
        tokio::select! {
            visited = visiting => visited,
            () = telling => Ok(()),
        }
    }
}

/// Calls that the marketplace made beyond one a page: an attempt that failed and its repetition.
async fn retried(shop: &Plan) -> Result<f64, metrics::Error> {
    let metrics = Metrics::read(shop.metrics).await?;
    let mut pages = 0;
    for route in ["/", "/categories/<category>"] {
        pages += metrics.total("http_requests_total", &[("route", route)])?;
    }
    let calls = metrics.total("grpc_client_started_total", &[])?;
    Ok(calls as f64 - pages as f64)
}

async fn end(marketplace: Process, replicas: impl Iterator<Item = Process>) -> Result<(), Failure> {
    for process in std::iter::once(marketplace).chain(replicas) {
        let ended = process.terminate().await;
        ended.map_err(|error| Failure::of("the services' end", error))?;
    }
    Ok(())
}

fn figures(
    visitors: &Visitors,
    replicas: &Replicas,
    took: Duration,
    retried: f64,
    at: &[Health],
) -> Vec<Figure> {
    let one = |name: &str, unit, value| Figure::new(name, unit, vec![value]);
    let count = |name: &str, value: u64| one(name, Unit::Count, value as f64);
    let seconds = |name: &str, value: Duration| one(name, Unit::Seconds, value.as_secs_f64());
    let sent = visitors.sent();
    let mut figures = vec![
        count("requests sent", sent),
        count("requests failed or wrong", visitors.failed()).to_reach(Target::AtMost(0.0)),
        one("calls made again", Unit::Count, retried),
        count("restarts of recommendations", replicas.restarts()),
        seconds("longest wait for an answer", visitors.longest()),
        seconds("longest until a replica was used again", replicas.longest())
            .to_reach(Target::AtMost(BACK.as_secs_f64())),
        one(
            "requests a second",
            Unit::PerSecond,
            sent as f64 / took.as_secs_f64(),
        ),
    ];
    if let [warm, end] = at {
        let memory = |name, health: &Health| one(name, Unit::Memory, health.memory as f64);
        let most = Target::AtMost(warm.memory as f64 * GROWTH);
        figures.push(memory("marketplace, memory after the warm-up", warm));
        figures.push(memory("marketplace, memory at the end", end).to_reach(most));
        let most = Target::AtMost(warm.descriptors as f64);
        figures.push(count("marketplace, descriptors after it", warm.descriptors));
        figures.push(count("marketplace, descriptors at the end", end.descriptors).to_reach(most));
    }
    figures
}
