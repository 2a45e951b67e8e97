//! What the program says, and its exit code, when it is asked or configured wrongly.
#![allow(clippy::unwrap_used)]

mod support;

use std::{env, fs, net::TcpListener, process::Command};

use support::{Running, program};

/// Runs to the end; the exit code and both outputs.
fn run(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

/// The one line that a start with these arguments fails with, and that the code is `code`.
fn failure(args: &[&str], code: i32) -> String {
    let (actual, _, stderr) = run(program().args(args));
    assert_eq!(actual, code, "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    stderr.trim_end().to_owned()
}

/// A catalogue file with this content, and the line that a start with it fails with.
fn catalogue_failure(name: &str, json: &str) -> (String, String) {
    let file = env::temp_dir().join(format!("{}-{name}.json", std::process::id()));
    fs::write(&file, json).unwrap();
    let file = file.to_str().unwrap();
    let line = failure(&["--catalogue", file], 2);
    fs::remove_file(file).unwrap();
    (line, format!("recommendations: catalogue {file}: "))
}

#[test]
fn help_lists_flags_and_variables() {
    let (code, stdout, _) = run(program().arg("--help"));
    assert_eq!(code, 0);
    for name in [
        "--address <ADDRESS>",
        "RECOMMENDATIONS_ADDRESS",
        "--port <PORT>",
        "RECOMMENDATIONS_PORT",
        "--catalogue <FILE>",
        "CATALOGUE",
        "--metrics-port <PORT>",
        "METRICS_PORT",
        "--drain-seconds <SECONDS>",
        "health",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ] {
        assert!(stdout.contains(name), "{name} is missing in:\n{stdout}");
    }
}

#[test]
fn version_is_that_of_the_package() {
    let (code, stdout, _) = run(program().arg("--version"));
    let expected = concat!("recommendations ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!((code, stdout.as_str()), (0, expected));
}

#[test]
fn a_port_that_is_none() {
    assert_eq!(
        failure(&["--port", "99999"], 2),
        "recommendations: invalid value '99999' for '--port <PORT>': not a port, which is a number from 0 to 65535 (see --help)"
    );
}

#[test]
fn a_variable_with_a_port_that_is_none() {
    let (code, _, stderr) = run(program().env("RECOMMENDATIONS_PORT", "99999"));
    assert_eq!(code, 2);
    assert_eq!(
        stderr,
        "recommendations: invalid value '99999' for '--port <PORT>': not a port, which is a number from 0 to 65535 (from RECOMMENDATIONS_PORT)\n"
    );
}

#[test]
fn a_service_link_is_explained() {
    for variable in ["RECOMMENDATIONS_PORT", "METRICS_PORT"] {
        let (code, _, stderr) = run(program().env(variable, "tcp://10.0.0.1:50051"));
        assert_eq!((code, stderr.lines().count()), (2, 1), "{stderr}");
        let end = format!("(from {variable})\n");
        assert!(stderr.contains("enableServiceLinks"), "{stderr}");
        assert!(stderr.ends_with(&end), "{stderr}");
    }
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let line = failure(&["--port", &address.port().to_string()], 1);
    let expected = format!("recommendations: cannot listen on {address}: Address already in use");
    assert!(line.starts_with(&expected), "{line}");
}

#[test]
fn a_metrics_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let line = failure(&["--port", "0", "--metrics-port", &port], 1);
    assert!(line.contains("METRICS_PORT"), "{line}");
}

#[test]
fn a_collector_that_cannot_be_sent_to() {
    let cases = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
    ];
    for (variable, value) in cases {
        let mut program = program();
        program
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317")
            .env(variable, value);
        let (code, _, stderr) = run(&mut program);
        assert_eq!((code, stderr.lines().count()), (2, 1), "{stderr}");
        let start = format!("recommendations: {variable}={value:?}: ");
        assert!(stderr.starts_with(&start), "{stderr}");
    }
    // Asking a running service for its health needs no collector.
    let mut health = program();
    health.args(["health", "--port", "1"]);
    health.env("OTEL_EXPORTER_OTLP_ENDPOINT", "collector");
    assert_eq!(run(&mut health).0, 1);
}

#[test]
fn a_catalogue_that_is_missing() {
    assert_eq!(
        failure(&["--catalogue", "/nowhere/books.json"], 2),
        "recommendations: catalogue /nowhere/books.json: No such file or directory (os error 2)"
    );
}

#[test]
fn a_catalogue_that_is_not_json() {
    let (line, start) = catalogue_failure("not-json", "books:\n  - one\n");
    assert_eq!(line, start + "expected value at line 1 column 1");
}

#[test]
fn a_catalogue_with_a_repeated_id() {
    let json = r#"[{ "id": 1, "category": "mystery", "title": "A" },
                   { "id": 1, "category": "mystery", "title": "B" }]"#;
    let (line, start) = catalogue_failure("repeated-id", json);
    assert_eq!(line, start + "book 2: id 1 is already taken by book 1");
}

#[test]
fn a_catalogue_with_an_unknown_category() {
    let json = r#"[{ "id": 1, "category": "romance", "title": "A" }]"#;
    let (line, start) = catalogue_failure("category", json);
    let start = start + "unknown category \"romance\"";
    assert!(line.starts_with(&start), "{line}");
    assert!(line.ends_with(" at line 1 column 33"), "{line}");
}

#[test]
fn a_catalogue_with_an_empty_title() {
    let json = "[\n  { \"id\": 1, \"category\": \"mystery\", \"title\": \"\" }\n]";
    let (line, start) = catalogue_failure("title", json);
    assert_eq!(line, start + "empty title at line 2 column 49");
}

#[test]
fn health_of_a_running_service() {
    let service = Running::start(&[]);
    let port = service.address.port().to_string();
    let (code, _, stderr) = run(program().args(["health", "--port", &port]));
    assert_eq!((code, stderr.as_str()), (0, ""));
}

#[test]
fn health_asks_loopback_when_the_service_listens_everywhere() {
    let service = Running::start(&["--address", "0.0.0.0"]);
    let mut health = program();
    health
        .arg("health")
        .env("RECOMMENDATIONS_ADDRESS", "0.0.0.0");
    health.env("RECOMMENDATIONS_PORT", service.address.port().to_string());
    assert_eq!(run(&mut health).0, 0);
}

#[test]
fn health_where_nothing_listens() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    assert_eq!(
        failure(&["health", "--port", &port.to_string()], 1),
        format!(
            "recommendations: 127.0.0.1:{port} does not answer: Connection refused (os error 111)"
        )
    );
}
