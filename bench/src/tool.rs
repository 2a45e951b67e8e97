//! Runs a tool to its end, and reads what it printed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

use crate::process::{Error, Process};

/// A tool that has ended.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed.
    pub out: String,
    /// What it said on standard error.
    pub log: String,
    /// From its start to its end.
    pub took: Duration,
}

/// Runs `command`, for at most `limit`.
///
/// # Errors
/// When it cannot be started or takes longer.
pub async fn run(
    name: &str,
    command: &mut Command,
    folder: &Path,
    limit: Duration,
) -> Result<Finished, Error> {
    let [out, log] = ["out", "log"].map(|end| folder.join(format!("{name}.{end}")));
    // What is there is of another run.
    let _ = fs::remove_file(&out);
    let _ = fs::remove_file(&log);
    let start = Instant::now();
    let mut process = Process::start(name, command, folder)?;
    let status = process.end(limit).await?;
    let took = start.elapsed();
    let read = |file| {
        let bytes = fs::read(file).map_err(|source| Error::System {
            name: name.to_owned(),
            source,
        })?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(Finished {
        status,
        out: read(&out)?,
        log: read(&log)?,
        took,
    })
}

/// Where on PATH a program is.
#[must_use]
pub fn find(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_tool_prints_is_of_its_own_run_alone() {
        let folder = tempfile::tempdir().unwrap();
        for word in ["one", "two"] {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("echo {word}; echo not {word} >&2")]);
            let limit = Duration::from_secs(10);
            let finished = run("echo", &mut command, folder.path(), limit).await;
            let finished = finished.unwrap();
            assert!(finished.status.success());
            assert_eq!(finished.out, format!("{word}\n"));
            assert_eq!(finished.log, format!("not {word}\n"));
        }
    }

    #[test]
    fn programs_are_found_on_path() {
        assert!(find("sh").is_some());
        assert_eq!(find("no-such-program"), None);
    }
}
