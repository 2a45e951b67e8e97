//! The program `soak` against the real services: it passes, it notices a wrong answer, and it
//! leaves nothing behind when it is interrupted.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../integration/tests/system/built.rs"]
mod built;

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::built::built;

/// How long the services may take to start or to end.
const LIMIT: Duration = Duration::from_secs(30);

/// The program on the description for cargo, with the services that are built, changed by `edit`.
fn soak(folder: &Path, requests: &str, edit: impl FnOnce(&mut Value)) -> Command {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut system = fs::read_to_string(source.join("cargo.json")).unwrap();
    system = system.replace("\"../", &format!("\"{}/../", source.display()));
    let mut system: Value = serde_json::from_str(&system).unwrap();
    for name in ["marketplace", "recommendations"] {
        system["services"][name]["program"] = json!(built(name));
    }
    edit(&mut system);
    let file = folder.join("system.json");
    fs::write(&file, system.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_soak"));
    command
        .arg("--system")
        .arg(file)
        .args(["--requests", requests])
        .env("TMPDIR", folder);
    command
}

#[test]
fn a_system_that_is_right_passes() {
    let folder = TempDir::new().unwrap();
    let output = soak(folder.path(), "500", |_| {}).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let table = String::from_utf8_lossy(&output.stdout);
    let met = table.lines().filter(|line| line.ends_with("  met")).count();
    assert_eq!(met, 4, "{table}");
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        1,
        "its logs are left"
    );
}

#[test]
fn a_wrong_book_is_noticed() {
    let folder = TempDir::new().unwrap();
    let catalogue = folder.path().join("catalogue.json");
    fs::write(
        &catalogue,
        r#"[{ "category": "mystery", "title": "Emma" }]"#,
    )
    .unwrap();
    let mut soak = soak(folder.path(), "50", |system| {
        // Not told to the service, which goes on with its own books.
        system["services"]["recommendations"]["files"]["catalogue"] =
            json!({ "variable": "UNUSED", "source": catalogue });
    });
    let output = soak.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    for part in [
        "is not among the mystery books",
        "soak: a rule is broken: requests failed or wrong",
        "soak: the logs are in ",
    ] {
        assert!(errors.contains(part), "no {part:?} in {errors}");
    }
}

#[test]
fn an_interrupt_ends_all_that_was_started() {
    let folder = TempDir::new().unwrap();
    let mut soak = soak(folder.path(), "1000000", |_| {});
    let mut soak = soak.stderr(Stdio::null()).spawn().unwrap();
    let pid = Pid::from_child(&soak);
    let services = until(|| Some(children(&soak)).filter(|it| it.len() == 4));
    kill_process(pid, Signal::INT).unwrap();
    let status = until(|| soak.try_wait().unwrap());
    assert_eq!(status.code(), Some(130));
    for service in services {
        test_kill_process(service).unwrap_err();
    }
}

/// What the program has started.
fn children(program: &Child) -> Vec<Pid> {
    let id = program.id();
    let list = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let ids = list.split_whitespace().map(|id| id.parse().unwrap());
    ids.map(|id| Pid::from_raw(id).unwrap()).collect()
}

fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < LIMIT, "not within {LIMIT:?}");
        thread::sleep(Duration::from_millis(20));
    }
}
