//! The homepage: requests a second, with its gRPC call and without, latency, memory.

use super::{Bench, Page, page, shop::Shop};
use crate::{
    command_line::Failure,
    figures::{Figure, Target},
    proc::{Memory, memory},
    unit::Unit,
    wrk::Load,
};

/// How much of the page's speed without a call has to be left with it.
const WITH_A_CALL: Target = Target::AtLeast(0.6);
/// How much faster than the services of the system that this one comes from it has to be.
const AGAINST_ANOTHER: Target = Target::AtLeast(25.0);
/// Both programs together, under this load.
const PEAK: Target = Target::AtMost(20.0 * 1024.0 * 1024.0);

const RATIO: &str = "with its call, by without one";

/// Requests a second, their ratio, latency, and the peak of memory.
pub(super) async fn figures(bench: &Bench<'_>, shop: &Shop) -> Result<Vec<Figure>, Failure> {
    let home = &shop.home;
    let mut figures = Vec::new();
    let loads = match shop.fixed() {
        Some(fixed) => {
            let pairs = page::pairs(bench, "homepage", home, fixed).await?;
            let (left, right): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
            figures.push(rates(home, &left));
            figures.push(rates(fixed, &right));
            let ratio = Figure::new(RATIO, Unit::Ratio, page::ratios(&pairs));
            figures.push(ratio.to_reach(WITH_A_CALL));
            left
        }
        None => {
            home.warm_up(bench).await?;
            let mut loads = Vec::new();
            for round in 0..bench.effort.rounds {
                bench.round("homepage", round);
                loads.push(home.load(bench.effort.seconds, bench).await?);
            }
            figures.push(rates(home, &loads));
            let why = "the description has no program for it (fixedShop)";
            figures.push(Figure::skipped(RATIO, why));
            loads
        }
    };
    let latency = |name, rounds| Figure::new(name, Unit::Seconds, rounds);
    let p50 = loads.iter().map(|load| load.p50).collect();
    let p99 = loads.iter().map(|load| load.p99).collect();
    figures.push(latency("homepage, latency p50", p50));
    figures.push(latency("homepage, latency p99", p99));
    figures.push(peak(shop)?);
    Ok(figures)
}

/// The homepage against the page of another system.
pub(super) async fn against(
    bench: &Bench<'_>,
    shop: &Shop,
    other: &Page,
) -> Result<Vec<Figure>, Failure> {
    let pairs = page::pairs(bench, other.name(), &shop.home, other).await?;
    let others: Vec<_> = pairs.iter().map(|(_, right)| *right).collect();
    let name = format!("homepage, by {other}");
    let ratio = Figure::new(name, Unit::Ratio, page::ratios(&pairs));
    Ok(vec![rates(other, &others), ratio.to_reach(AGAINST_ANOTHER)])
}

fn rates(page: &Page, loads: &[Load]) -> Figure {
    let rounds = loads.iter().map(|load| load.rate).collect();
    Figure::new(page.name(), Unit::PerSecond, rounds)
}

fn peak(shop: &Shop) -> Result<Figure, Failure> {
    const NAME: &str = "peak memory of both services";
    let mut bytes = 0;
    for process in [&shop.marketplace, &shop.recommendations] {
        let peak = memory(process.id(), Memory::Peak);
        bytes += peak.map_err(|error| Failure::of(NAME, error))?;
    }
    Ok(Figure::new(NAME, Unit::Memory, vec![bytes as f64]).to_reach(PEAK))
}
