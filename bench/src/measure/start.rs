//! From the start of the stack, everything built, to its first page.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use http::StatusCode;
use tokio::time::sleep;

use super::Bench;
use crate::{
    command_line::Failure,
    figures::{Figure, Target},
    http::get,
    ports::Ports,
    process::Process,
    unit::Unit,
};

const NAME: &str = "start of the stack to its first page";
const TARGET: Target = Target::AtMost(1.0);
/// How long a start may take before it counts as failed.
const LIMIT: Duration = Duration::from_secs(20);
/// The time between two requests for the page, and so how exact a value is.
const LOOK: Duration = Duration::from_millis(5);

/// Seconds to the first page.
pub(super) async fn figure(bench: &Bench<'_>) -> Result<Figure, Failure> {
    let Some(launcher) = &bench.description.stack else {
        let why = "the description has no launcher (stack)";
        return Ok(Figure::skipped(NAME, why));
    };
    let failed = |error: &dyn std::error::Error| Failure::of(NAME, error);
    let mut ports = Ports::default();
    let mut port = || ports.take().map_err(|error| failed(&error));
    let (page, books) = (port()?, port()?);
    let authority = format!("127.0.0.1:{page}");
    let mut rounds = Vec::new();
    for round in 0..bench.effort.rounds {
        bench.round(NAME, round);
        let mut command = Command::new(launcher);
        command
            .env("MARKETPLACE_PORT", page.to_string())
            .env("RECOMMENDATIONS_PORT", books.to_string())
            .env("TMPDIR", bench.folder)
            // Its folder of control files is made there, and not with those of another stack.
            .env_remove("XDG_RUNTIME_DIR");
        let start = Instant::now();
        let stack = Process::start("stack", &mut command, bench.folder);
        let mut stack = stack.map_err(|error| failed(&error))?;
        while !get(&authority, "/")
            .await
            .is_ok_and(|it| it.status == StatusCode::OK)
        {
            stack.must_run().map_err(|error| failed(&error))?;
            if start.elapsed() > LIMIT {
                return Err(Failure::of(
                    NAME,
                    format!("no page after {} s", LIMIT.as_secs()),
                ));
            }
            sleep(LOOK).await;
        }
        rounds.push(start.elapsed().as_secs_f64());
        let ended = stack.terminate().await;
        ended.map_err(|error| Failure::of("the stack's end", error))?;
    }
    Ok(Figure::new(NAME, Unit::Seconds, rounds).to_reach(TARGET))
}
