//! The marketplace: reads its configuration, sets up logging, binds and runs.

use std::process::ExitCode;

use marketplace::{config::Arguments, failure::Failure, server};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("marketplace: {failure}");
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let Some(arguments) = Arguments::read()? else {
        return Ok(());
    };
    let _logging = telemetry::logging::init()?;
    server::run(arguments, Vec::new())
}
