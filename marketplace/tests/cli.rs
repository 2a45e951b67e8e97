//! The real program: what it says about a bad configuration, and with which code it ends.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// The program, with nothing of the test's environment.
fn marketplace() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketplace"));
    command
        .env_clear()
        .env("ROCKET_TEMPLATE_DIR", format!("{FOLDER}/templates"))
        .env("ROCKET_STATIC_DIR", format!("{FOLDER}/static"))
        .env("ROCKET_PORT", "0");
    command
}

/// Waits for the end of a program that ends by itself; kills it if it does not.
fn end(command: &mut Command) -> Output {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let limit = Instant::now() + Duration::from_secs(10);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > limit {
            child.kill().unwrap();
            panic!("still running: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

#[track_caller]
fn assert_refused(command: &mut Command, code: i32, parts: &[&str]) {
    let output = end(command);
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(output.stdout.is_empty());
    for part in parts {
        assert!(line.contains(part), "no {part:?} in {line}");
    }
}

#[test]
fn a_bad_value_is_one_line_and_code_2() {
    let cases: [(&str, &str, &[&str]); 18] = [
        ("ROCKET_PORT", "99999", &["99999"]),
        ("ROCKET_PORT", "", &[]),
        ("ROCKET_ADDRESS", "here", &["here"]),
        ("ROCKET_WORKERS", "many", &["many"]),
        ("METRICS_PORT", "abc", &["abc"]),
        ("RUST_LOG", "marketplace=loud", &["loud"]),
        ("RECOMMENDATIONS_HOST", "", &["empty"]),
        ("RECOMMENDATIONS_HOST", "a,,b", &["empty"]),
        ("RECOMMENDATIONS_HOST", "http://a", &["http://a"]),
        ("RECOMMENDATIONS_HOST", "a:70000", &["a:70000"]),
        (
            "RECOMMENDATIONS_PORT",
            "tcp://10.0.0.1:50051",
            &["enableServiceLinks"],
        ),
        (
            "ROCKET_TEMPLATE_DIR",
            "/nowhere",
            &["/nowhere", "No such file"],
        ),
        ("ROCKET_TEMPLATE_DIR", FOLDER, &["bad template", "shelf"]),
        (
            "ROCKET_STATIC_DIR",
            "/nowhere",
            &["/nowhere", "No such file"],
        ),
        ("ROCKET_STATIC_DIR", FOLDER, &["style.css"]),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "localhost:4317",
            &["localhost:4317", "http://HOST:PORT"],
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "https://localhost:4317",
            &["TLS"],
        ),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://localhost:4318/v1/traces",
            &["gRPC"],
        ),
    ];
    for (variable, value, parts) in cases {
        assert_refused(
            marketplace().env(variable, value),
            2,
            &[&[variable], parts].concat(),
        );
    }
    assert_refused(marketplace().arg("--nonsense"), 2, &["--nonsense"]);
}

#[test]
fn a_template_that_cannot_be_rendered_is_one_line_and_code_2() {
    let folder = std::env::temp_dir().join(format!("marketplace-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (shelf, cause) in [("{{ nothing }}", "nothing"), ("{% if %}", "shelf:1:7")] {
        std::fs::write(folder.join("shelf.html.tera"), shelf).unwrap();
        std::fs::write(folder.join("problem.html.tera"), "").unwrap();
        let mut command = marketplace();
        command.env("ROCKET_TEMPLATE_DIR", &folder);
        assert_refused(&mut command, 2, &["ROCKET_TEMPLATE_DIR", cause]);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_port_in_use_is_one_line_and_code_1() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for variable in ["ROCKET_PORT", "METRICS_PORT"] {
        let mut command = marketplace();
        // Only the line itself, not the log lines before it.
        command.env("RUST_LOG", "off").env(variable, &port);
        assert_refused(&mut command, 1, &[variable, &port, "in use"]);
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = end(marketplace().arg("--help"));
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(help.status.success() && help.stderr.is_empty());
    for part in [
        "--port",
        "ROCKET_PORT",
        "--metrics-port",
        "METRICS_PORT",
        "RECOMMENDATIONS_HOST",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    let version = end(marketplace().arg("--version"));
    let expected = format!("marketplace {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(version.stdout).unwrap(), expected);
}
