//! chromedriver: started on a port that it chooses, ended with every browser that it has started.

use std::{
    io::{self, BufRead, BufReader},
    path::Path,
    process::{ChildStdout, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{sync::oneshot, time::timeout};

use crate::processes;

/// How long it may take to listen.
const LIMIT: Duration = Duration::from_secs(20);

/// There is no chromedriver to work with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be started.
    #[error("cannot start chromedriver ({program}): {source}; say with --chromedriver where it is")]
    Start {
        /// What was to be started.
        program: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// It ended, or its time is over, before it said its port.
    #[error("chromedriver ({0}) does not listen")]
    Silent(String),
    /// There is no folder for the browser's files, or no hold on its processes.
    #[error("cannot start a browser: {0}")]
    Machine(#[from] io::Error),
}

/// A running chromedriver. When dropped it ends, and so does all that came from it.
#[derive(Debug)]
pub struct Driver {
    url: String,
    folder: TempDir,
}

impl Driver {
    /// Starts `program` and waits until it listens.
    ///
    /// # Errors
    /// When it does not start, or does not listen in time.
    pub async fn start(program: &Path) -> Result<Self, Error> {
        processes::adopt_orphans()?;
        let mut driver = Self {
            url: String::new(),
            folder: TempDir::with_prefix("browser-")?,
        };
        let name = || program.display().to_string();
        // Whatever the browser writes is in the one folder, which goes with it.
        let started = Command::new(program)
            .arg("--port=0")
            .envs(
                ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
                    .map(|variable| (variable, driver.folder.path())),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = started.map_err(|source| Error::Start {
            program: name(),
            source,
        })?;
        let port = child.stdout.take().map(port_of);
        let port = match port {
            Some(port) => timeout(LIMIT, port).await.ok().and_then(Result::ok),
            None => None,
        };
        let port = port.ok_or_else(|| Error::Silent(name()))?;
        driver.url = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    /// Where it is asked.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder for the browser's files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        processes::end_descendants();
    }
}

/// The port out of the line that says it; later lines are read too, or a full pipe would stop it.
fn port_of(output: ChildStdout) -> oneshot::Receiver<u16> {
    let (sender, receiver) = oneshot::channel();
    let mut sender = Some(sender);
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(port) = port_in(&line)
                && let Some(sender) = sender.take()
            {
                let _ = sender.send(port);
            }
        }
    });
    receiver
}

fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_line_that_says_it() {
        let line = "ChromeDriver was started successfully on port 34567.";
        assert_eq!(port_in(line), Some(34567));
        let other = "Starting ChromeDriver 156.0.8078.79 (0123) on port 0";
        assert_eq!(port_in(other), None);
    }
}
