//! The program where there is no browser: what it says, with which code it ends, and that it leaves
//! no process behind. With a browser it runs in nix/checks/browser.nix.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long the program may take for anything in these tests.
const LIMIT: Duration = Duration::from_secs(10);

fn browser() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_browser"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A program in the place of chromedriver.
fn driver(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.join("tests/drivers").join(name)
}

/// Waits until `ready` gives something.
fn wait<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(start.elapsed() < LIMIT, "{what}: not in time");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for the end of the program.
fn end(mut child: Child) -> Output {
    wait("its end", || child.try_wait().unwrap());
    child.wait_with_output().unwrap()
}

/// The program ends with this code, and one line on standard error that has this in it.
#[track_caller]
fn assert_refused(output: &Output, code: i32, part: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(
        error.starts_with("browser: ") && error.contains(part),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(output.stdout.is_empty());
}

/// The number that a driver wrote about a process.
fn number(file: &Path) -> Option<i32> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

fn is_there(pid: i32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let cases = [
        (["--url", "https://localhost"], "--url https://localhost"),
        (["--url", "localhost:5000"], "expected http://HOST:PORT"),
        (
            ["--axe", "/nowhere/axe.js"],
            "--axe /nowhere/axe.js: No such file",
        ),
        (
            ["--screenshots", "/dev/null/x"],
            "--screenshots /dev/null/x: Not a directory",
        ),
    ];
    for (arguments, part) in cases {
        let child = browser().args(arguments).spawn().unwrap();
        assert_refused(&end(child), 2, part);
    }
    let output = end(browser().arg("--what").spawn().unwrap());
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_chromedriver_that_is_not_there_is_named() {
    let child = browser()
        .args(["--chromedriver", "/nowhere/chromedriver"])
        .spawn();
    let part = "cannot start chromedriver (/nowhere/chromedriver): No such file";
    assert_refused(&end(child.unwrap()), 1, part);
}

#[test]
fn what_a_chromedriver_leaves_behind_is_ended() {
    let folder = TempDir::new().unwrap();
    let left = folder.path().join("left");
    let program = driver("forgetful");
    let mut browser = browser();
    browser
        .arg("--chromedriver")
        .arg(&program)
        .env("LEFT", &left);

    let output = end(browser.spawn().unwrap());

    let part = format!("chromedriver ({}) does not listen", program.display());
    assert_refused(&output, 1, &part);
    assert!(!is_there(number(&left).unwrap()));
}

#[test]
fn an_interrupted_audit_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let left = folder.path().join("left");
    let mut browser = browser();
    browser.arg("--chromedriver").arg(driver("silent"));
    let browser = browser.env("LEFT", &left).env("TMPDIR", folder.path());
    let child = browser.spawn().unwrap();
    let silent = wait("its chromedriver", || number(&left));
    assert!(is_there(silent));

    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let output = end(child);

    assert_refused(&output, 1, "interrupted");
    assert!(!is_there(silent));
    let files = fs::read_dir(folder.path()).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["left"], "the browser's folder is still there");
}
