//! The program: does every check against a running system, a line each.
//!
//! Exit codes: 0 all passed, 1 one failed or nothing answers, 2 wrong usage.

use std::process::ExitCode;

use clap::Parser;
use integration::{checks, system::System};

/// Checks a running Online Books For You from the outside.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// Where the page is.
    #[arg(long, default_value = "http://localhost:5000")]
    url: String,
    /// Where the recommendations service is.
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:50051")]
    grpc: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    // Wrong usage: clap prints it, and exits with 2.
    let cli = Cli::parse();
    let system = match System::connect(&cli.url, &cli.grpc).await {
        Ok(system) => system,
        Err(error) => {
            eprintln!("integration: {error}");
            return error.exit_code().into();
        }
    };
    let (mut passed, mut failed) = (0, 0);
    checks::run(&system, |name, outcome| match outcome {
        Ok(()) => {
            passed += 1;
            println!("ok {name}");
        }
        Err(why) => {
            failed += 1;
            println!("FAIL {name}: {}", why.replace('\n', " "));
        }
    })
    .await;
    println!("{passed} passed, {failed} failed");
    u8::from(failed > 0).into()
}
