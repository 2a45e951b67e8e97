//! The program `bench`: measures the system and prints a table.
//!
//! Exit codes: 0 measured (whatever the figures), 1 something could not be measured that should,
//! or, with `--strict`, a target not met, 2 wrong usage.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bench::{
    command_line::{self, Failure},
    description::Description,
    measure::{Bench, Effort, Page},
    progress::Progress,
    report::Report,
    table::table,
};
use clap::Parser;

/// Measures Online Books For You on this machine: speed, memory, sizes, how long things take.
///
/// Prints a table with the median of each figure, its least and greatest value, and its target.
/// A target that is not met is said there, and is no failure: the exit code is 0 all the same,
/// unless --strict is given. Exit code 1: something could not be measured, such as a page that
/// answers with an error. Needs wrk on PATH, and h2load and nix-store for what they measure.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    /// What to measure: a description as bench/cargo.json
    #[arg(long, value_name = "FILE")]
    system: PathBuf,

    /// Few and short rounds, under half a minute; not for comparisons
    #[arg(long)]
    quick: bool,

    /// Rounds of each figure, 1 to 100 [default: 5, or 3 with --quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    rounds: Option<u8>,

    /// The file for all figures with all rounds
    #[arg(long, value_name = "FILE", default_value = "bench.json")]
    json: PathBuf,

    /// The homepage of another system, which runs already, to compare with: http://HOST:PORT/
    #[arg(long, value_name = "URL", value_parser = other)]
    compare: Option<Page>,

    /// Exit with 1 where a target is not met
    #[arg(long)]
    strict: bool,
}

fn other(url: &str) -> Result<Page, String> {
    Page::new(format!("the page at {url}"), url)
}

impl Cli {
    fn effort(&self) -> Effort {
        let (rounds, seconds) = if self.quick { (3, 1) } else { (5, 3) };
        Effort {
            rounds: self.rounds.unwrap_or(rounds).into(),
            seconds,
        }
    }

    async fn measure(&self, folder: &Path) -> Result<ExitCode, Failure> {
        let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
        let description = Description::read(&self.system).map_err(|error| usage(&error))?;
        let progress = Progress::of("bench");
        let bench = Bench {
            description: &description,
            effort: self.effort(),
            folder,
            progress: &progress,
        };
        let figures = bench.all(self.compare.as_ref()).await?;
        progress.clear();
        let report = Report::now("bench", self.quick, figures);
        // Whoever reads no table may still read the file.
        let _ = writeln!(
            std::io::stdout(),
            "{}\n\n{}",
            report.heading(),
            table(report.figures())
        );
        let written = report.write(&self.json);
        written.map_err(|error| Failure::of("the report", error))?;
        let missed = report.figures().iter().any(|it| it.met() == Some(false));
        Ok(u8::from(self.strict && missed).into())
    }
}

fn main() -> ExitCode {
    // Wrong usage: clap prints it, and exits with 2.
    let cli = Cli::parse();
    command_line::run("bench", async |folder| cli.measure(folder).await)
}
