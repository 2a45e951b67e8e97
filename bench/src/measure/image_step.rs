//! The image step: what Nix does from a program that is built to its image.
//!
//! Each derivation that a change of the program builds again is built again, by `nix-store
//! --check`, which also compares the result with the one that is there.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::Bench;
use crate::{
    command_line::Failure,
    figures::{Figure, Target},
    process::{self, last_line},
    tool::{self, Finished},
    unit::Unit,
};

const TARGET: Target = Target::AtMost(0.5);
/// How long one call of Nix may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Seconds from program to image, for each image.
pub(super) async fn figures(bench: &Bench<'_>) -> Result<Vec<Figure>, Failure> {
    const STEP: &str = "image step after a one-line change";
    if bench.description.images.is_empty() {
        let why = "the description has no images";
        return Ok(vec![Figure::skipped(STEP, why)]);
    }
    let mut figures = Vec::new();
    for (service, image) in &bench.description.images {
        let name = format!("{STEP}, {service}");
        figures.push(match skipped(bench, &image.steps).await {
            Ok(None) => rounds(bench, name, &image.steps).await?,
            Ok(Some(why)) => Figure::skipped(name, why),
            Err(error) => return Err(Failure::of(name, error)),
        });
    }
    Ok(figures)
}

/// Why the step cannot be measured on this machine, if it cannot.
async fn skipped(bench: &Bench<'_>, steps: &[PathBuf]) -> Result<Option<String>, process::Error> {
    if tool::find("nix-store").is_none() {
        return Ok(Some("nix-store is not on PATH".to_owned()));
    }
    for step in steps {
        let validity = nix_store(bench, &["--check-validity"], step).await?;
        if !validity.status.success() {
            return Ok(Some(format!(
                "{} is not valid in this store",
                step.display()
            )));
        }
    }
    Ok(None)
}

async fn rounds(bench: &Bench<'_>, name: String, steps: &[PathBuf]) -> Result<Figure, Failure> {
    let mut rounds = Vec::new();
    for round in 0..bench.effort.rounds {
        bench.round(&name, round);
        let mut took = Duration::ZERO;
        for step in steps {
            let built = nix_store(bench, &["--realise", "--check"], step).await;
            let built = built.map_err(|error| Failure::of(&name, error))?;
            if !built.status.success() {
                return Err(Failure::of(name, last_line(&built.log)));
            }
            took += built.took;
        }
        rounds.push(took.as_secs_f64());
    }
    Ok(Figure::new(name, Unit::Seconds, rounds).to_reach(TARGET))
}

async fn nix_store(
    bench: &Bench<'_>,
    options: &[&str],
    derivation: &Path,
) -> Result<Finished, process::Error> {
    let mut command = Command::new("nix-store");
    command.args(options).arg(derivation);
    tool::run("nix-store", &mut command, bench.folder, LIMIT).await
}
