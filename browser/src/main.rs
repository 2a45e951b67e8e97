//! The program: looks at every page of a running shop in Chromium, a line a check.
//!
//! | module | does |
//! | --- | --- |
//! | [`cli`] | the flags |
//! | [`audit`] | which pages, on which screens, with which checks |
//! | [`look`], [`console`], [`axe`] | the checks: what is seen, the console, accessibility |
//! | [`session`], [`webdriver`] | the browser and its commands; the protocol they go by |
//! | [`driver`], [`processes`] | chromedriver, and the end of every process that came from it |
//!
//! Exit codes: 0 all passed or skipped, 1 one failed or there is no browser or no shop, 2 wrong
//! usage.

mod audit;
mod axe;
mod cli;
mod console;
mod driver;
mod look;
mod processes;
mod session;
mod webdriver;

use std::{io, iter, process::ExitCode};

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    audit::{Audit, Outcome},
    cli::Cli,
    driver::Driver,
    session::Session,
};

/// Everything that ends the program early.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Usage(#[from] cli::Error),
    #[error(transparent)]
    Driver(#[from] driver::Error),
    #[error("no browser: {0}")]
    Browser(webdriver::Error),
    #[error(
        "nothing answers at {url} ({cause}); start the system with `nix run .#stack`, or say \
         with --url where it runs"
    )]
    NoAnswer {
        url: String,
        cause: webdriver::Error,
    },
    #[error("stopped before the last check: {0}")]
    Stopped(#[from] webdriver::Error),
    #[error("interrupted")]
    Interrupted,
    #[error("no signals: {0}")]
    Signals(io::Error),
}

impl Error {
    /// 2 for what was given wrong, 1 for what is not there.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            _ => 1,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // Wrong usage: clap prints it, and exits with 2.
    let cli = Cli::parse();
    let result = match interruption() {
        // Either way all that `run` has started is ended before this goes on.
        Ok(interruption) => tokio::select! {
            result = run(cli) => result,
            () = interruption => Err(Error::Interrupted),
        },
        Err(error) => Err(Error::Signals(error)),
    };
    match result {
        Ok(all_right) => u8::from(!all_right).into(),
        Err(error) => {
            eprintln!("browser: {error}");
            error.exit_code().into()
        }
    }
}

/// Does the audit; says whether no check has failed.
async fn run(cli: Cli) -> Result<bool, Error> {
    let (url, host) = cli.shop()?;
    let (away, host_of_away) = cli.away()?.unzip();
    let hosts: Vec<_> = iter::once(host).chain(host_of_away).collect();
    let (axe, pictures) = (cli.axe()?, cli.pictures()?);

    let driver = Driver::start(&cli.chromedriver).await?;
    let session = Session::open(&driver, cli.chromium.as_deref(), &hosts).await;
    let session = session.map_err(Error::Browser)?;
    if let Err(cause) = session.load(&url).await {
        return Err(Error::NoAnswer { url, cause });
    }
    // What the browser's own first page has said is nobody's fault here.
    session.console().await?;
    let audit = Audit {
        session,
        url,
        away,
        axe,
        pictures,
    };
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    audit
        .run(|name, outcome| match outcome {
            Outcome::Passed => {
                passed += 1;
                println!("ok {name}");
            }
            Outcome::Failed(why) => {
                failed += 1;
                println!("FAIL {name}: {}", why.replace('\n', " "));
            }
            Outcome::Skipped(why) => {
                skipped += 1;
                println!("skip {name}: {why}");
            }
        })
        .await?;
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    // Where it does not close by itself, it is killed a moment later.
    let _ = audit.session.close().await;
    Ok(failed == 0)
}

/// Ctrl-C, or an orchestrator's wish to stop. Caught from now on, not only once this is awaited: a
/// signal in between would leave behind what has just been started.
fn interruption() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
