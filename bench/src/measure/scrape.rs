//! Reading `/metrics` of both services while the homepage is under load.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{Bench, shop::Shop};
use crate::{
    command_line::Failure,
    figures::{Figure, Target},
    metrics::Metrics,
    services::Plan,
    unit::Unit,
};

const NAME: &str = "metrics scrape under load";
const TARGET: Target = Target::AtMost(0.02);
/// Seconds of load in a round: enough for several scrapes of each service.
const LOAD: u32 = 1;
/// The rest before each scrape; before the first one the load begins.
const REST: Duration = Duration::from_millis(50);

/// Seconds from connecting to the last byte, for each service: in a round, the slowest scrape.
pub(super) async fn figures(bench: &Bench<'_>, shop: &Shop) -> Result<Vec<Figure>, Failure> {
    let (mut of_pages, mut of_books) = (Vec::new(), Vec::new());
    for round in 0..bench.effort.rounds {
        bench.round(NAME, round);
        let over = Cell::new(false);
        let loading = async {
            let loaded = shop.home.load(LOAD, bench).await;
            over.set(true);
            loaded
        };
        // The last scrape is waited for: one that hangs is the slowest.
        let scraping = async {
            let mut slowest = [0.0_f64; 2];
            while !over.get() {
                for (slowest, plan) in slowest.iter_mut().zip([&shop.pages, &shop.books]) {
                    *slowest = slowest.max(scrape(plan).await?);
                }
            }
            Ok(slowest)
        };
        let (_, [pages, books]) = tokio::try_join!(loading, scraping)?;
        of_pages.push(pages);
        of_books.push(books);
    }
    let figure = |service, rounds| {
        let name = format!("{NAME}, {service}");
        Figure::new(name, Unit::Seconds, rounds).to_reach(TARGET)
    };
    Ok(vec![
        figure("marketplace", of_pages),
        figure("recommendations", of_books),
    ])
}

async fn scrape(plan: &Plan) -> Result<f64, Failure> {
    sleep(REST).await;
    let start = Instant::now();
    let metrics = Metrics::read(plan.metrics).await;
    let took = start.elapsed().as_secs_f64();
    metrics
        .map(|_| took)
        .map_err(|error| Failure::of(NAME, error))
}
