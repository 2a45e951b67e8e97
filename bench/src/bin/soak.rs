//! The program `soak`: many requests through constant restarts, and the rules that have to hold.
//!
//! Exit codes: 0 every rule held, 1 one did not, or a process did not do what it should, 2 wrong
//! usage.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bench::{
    command_line::{self, Failure},
    description::Description,
    progress::Progress,
    report::Report,
    soak::Soak,
    table::table,
};
use clap::Parser;

/// Asks Online Books For You for pages, all the time, while recommendations is restarted.
///
/// Three recommendations are ended in turn, in order (SIGTERM) and at once (SIGKILL), and started
/// again, under 16 visitors who read every page in full. No answer may be wrong, no request may
/// fail, a replica that comes back is asked again within 5 s, and the marketplace may not grow:
/// rules are the figures with a target. Exit code 1: one of them was broken. A million requests
/// take some minutes and, for the services' logs, half a gigabyte in TMPDIR while they last.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    /// What to watch: a description as bench/cargo.json
    #[arg(long, value_name = "FILE")]
    system: PathBuf,

    /// Requests, at the least
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    requests: u64,

    /// A file for the figures
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Cli {
    async fn watch(&self, folder: &Path) -> Result<ExitCode, Failure> {
        let description = Description::read(&self.system);
        let description = description.map_err(|error| Failure::Usage(error.to_string()))?;
        let progress = Progress::of("soak");
        let soak = Soak {
            description: &description,
            requests: self.requests,
            folder,
            progress: &progress,
        };
        let figures = soak.run().await?;
        progress.clear();
        let report = Report::now("soak", false, figures);
        // Whoever reads no table may still read the file.
        let _ = writeln!(
            std::io::stdout(),
            "{}\n\n{}",
            report.heading(),
            table(report.figures())
        );
        if let Some(file) = &self.json {
            let written = report.write(file);
            written.map_err(|error| Failure::of("the report", error))?;
        }
        let broken = report.figures().iter().find(|it| it.met() == Some(false));
        match broken {
            None => Ok(ExitCode::SUCCESS),
            Some(rule) => Err(Failure::of("a rule is broken", &rule.name)),
        }
    }
}

fn main() -> ExitCode {
    // Wrong usage: clap prints it, and exits with 2.
    let cli = Cli::parse();
    command_line::run("soak", async |folder| cli.watch(folder).await)
}
