//! Recommendations alone: calls a second, all of which it has to have answered well.

use std::{
    fs,
    time::{Duration, Instant},
};

use prost::Message;
use recommendations_proto::{BookCategory, RecommendationRequest};
use tokio::time::sleep;

use super::{Bench, shop::Shop};
use crate::{
    command_line::Failure,
    figures::Figure,
    h2load,
    metrics::{self, Metrics},
    tool,
    unit::Unit,
    wrk::CONNECTIONS,
};

const NAME: &str = "recommendations alone, calls";
/// Calls of the first run, which tells how many a round takes.
const FIRST: u64 = 2_000;
/// How long the service has to count the last calls.
const COUNTED: Duration = Duration::from_secs(2);

/// Calls a second.
pub(super) async fn figure(bench: &Bench<'_>, shop: &Shop) -> Result<Figure, Failure> {
    if tool::find("h2load").is_none() {
        let why = "h2load (of nghttp2) is not on PATH";
        return Ok(Figure::skipped(NAME, why));
    }
    let body = bench.folder.join("request");
    fs::write(&body, frame()).map_err(|error| Failure::of(NAME, error))?;
    let url = format!("http://{}/Recommendations/Recommend", shop.books.address);
    let run = async |calls: u64| {
        let before = counted(shop).await?;
        let rate = h2load::run(&url, &body, calls, bench.folder).await;
        let rate = rate.map_err(|error| Failure::of(NAME, error))?;
        must_count(shop, before, calls).await?;
        Ok::<_, Failure>(rate)
    };
    let mut rate = run(FIRST).await?;
    let mut rounds = Vec::new();
    for round in 0..bench.effort.rounds {
        bench.round(NAME, round);
        let calls = rate * f64::from(bench.effort.seconds) / f64::from(CONNECTIONS);
        rate = run((calls as u64).max(1) * u64::from(CONNECTIONS)).await?;
        rounds.push(rate);
    }
    Ok(Figure::new(NAME, Unit::PerSecond, rounds))
}

/// The message of a call, in gRPC's frame: not compressed, its length, itself.
fn frame() -> Vec<u8> {
    let message = RecommendationRequest {
        user_id: 1,
        category: BookCategory::Mystery.into(),
        max_results: 3,
    };
    let message = message.encode_to_vec();
    let mut frame = vec![0];
    frame.extend((message.len() as u32).to_be_bytes());
    frame.extend(message);
    frame
}

/// Calls that the service has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    well: u64,
    all: u64,
}

async fn counted(shop: &Shop) -> Result<Counted, Failure> {
    let read = async {
        let metrics = Metrics::read(shop.books.metrics).await?;
        let total = |labels: &[_]| metrics.total("grpc_server_handled_total", labels);
        let method = ("grpc_method", "Recommend");
        Ok::<_, metrics::Error>(Counted {
            well: total(&[method, ("grpc_code", "OK")])?,
            all: total(&[method])?,
        })
    };
    read.await.map_err(|error| Failure::of(NAME, error))
}

/// Fails unless the service has answered so many calls since `before`, and every one well: a gRPC
/// error is an HTTP answer with status 200.
async fn must_count(shop: &Shop, before: Counted, calls: u64) -> Result<(), Failure> {
    let start = Instant::now();
    // A call is counted when its answer is sent, which h2load may see first.
    loop {
        let now = counted(shop).await?;
        let since = Counted {
            well: now.well - before.well,
            all: now.all - before.all,
        };
        if since.all >= calls || start.elapsed() > COUNTED {
            return since.must_be(calls);
        }
        sleep(Duration::from_millis(10)).await;
    }
}

impl Counted {
    fn must_be(self, calls: u64) -> Result<(), Failure> {
        let Self { well, all } = self;
        if (well, all) == (calls, calls) {
            return Ok(());
        }
        let cause = format!(
            "h2load had {calls} answers; by its own metrics the service gave {all}, {well} of \
             them with grpc_code OK"
        );
        Err(Failure::of(NAME, cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_as_long_as_it_says() {
        let frame = frame();
        assert_eq!(frame[..5], [0, 0, 0, 0, (frame.len() - 5) as u8]);
        let message = RecommendationRequest::decode(&frame[5..]).unwrap();
        assert_eq!(message.max_results, 3);
    }

    #[test]
    fn calls_that_are_not_all_answered_well_are_no_figure() {
        let counted = |well, all| Counted { well, all }.must_be(100);
        counted(100, 100).unwrap();
        for (well, all) in [(99, 100), (0, 100), (99, 99), (101, 101), (100, 101)] {
            counted(well, all).unwrap_err();
        }
    }
}
