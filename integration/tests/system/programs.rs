//! Starts the two real programs and stops them; none is ever left behind.
//!
//! They are taken from `RECOMMENDATIONS_BIN` and `MARKETPLACE_BIN`, or from beside the test in
//! cargo's target directory, where `cargo test --workspace` has just built them.

use std::{
    env,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use integration::system::System;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::built::built;

/// How long a program may take to start or to stop.
const LIMIT: Duration = Duration::from_secs(10);

/// A running program; killed when dropped.
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    lines: Arc<Mutex<Vec<Value>>>,
}

/// Variables of a program, beside those that it needs to run.
pub type Variables<'a> = &'a [(&'a str, &'a str)];

/// Recommendations on `port`; 0 takes a free one.
pub fn recommendations(port: u16) -> Program {
    recommendations_with(port, &[])
}

/// The same, with these variables.
pub fn recommendations_with(port: u16, variables: Variables<'_>) -> Program {
    let mut command = command("recommendations", "RECOMMENDATIONS_BIN");
    command.env("RECOMMENDATIONS_PORT", port.to_string());
    command.envs(variables.iter().copied());
    Program::start(command)
}

/// A marketplace that asks these.
pub fn marketplace(recommendations: &[&Program]) -> Program {
    marketplace_with(recommendations, &[])
}

/// The same, with these variables.
pub fn marketplace_with(recommendations: &[&Program], variables: Variables<'_>) -> Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../marketplace");
    let addresses = recommendations.iter().map(|it| it.address.to_string());
    let mut command = command("marketplace", "MARKETPLACE_BIN");
    command
        .env("ROCKET_PORT", "0")
        .env("ROCKET_TEMPLATE_DIR", folder.join("templates"))
        .env("ROCKET_STATIC_DIR", folder.join("static"))
        .env(
            "RECOMMENDATIONS_HOST",
            addresses.collect::<Vec<_>>().join(","),
        )
        .envs(variables.iter().copied());
    Program::start(command)
}

/// A client of both.
pub async fn connect(marketplace: &Program, recommendations: &Program) -> System {
    let url = format!("http://{}", marketplace.address);
    let grpc = recommendations.address.to_string();
    System::connect(&url, &grpc).await.unwrap()
}

fn command(name: &str, variable: &str) -> Command {
    let mut command = Command::new(env::var_os(variable).map_or_else(|| built(name), Into::into));
    command.env_clear().stderr(Stdio::piped());
    command
}

impl Program {
    /// Starts it and waits for the line that says where it listens.
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("{command:?}: {error}");
        });
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&lines);
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                log.lock().unwrap().push(line);
            }
        });
        let mut program = Self {
            child,
            address: ([0, 0, 0, 0], 0).into(),
            lines,
        };
        let line = program.line("where it listens", |line| {
            line["message"] == "serving" || line["message"] == "listening"
        });
        program.address = line["address"].as_str().unwrap().parse().unwrap();
        program
    }

    /// The first log line that `is_it`, waited for.
    pub fn line(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            let line = self
                .lines
                .lock()
                .unwrap()
                .iter()
                .find(|it| is_it(it))
                .cloned();
            if let Some(line) = line {
                return line;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("no line says {what}: {:?}", self.lines.lock().unwrap());
    }

    /// The log lines so far that are about `part` of it, such as a word in their message.
    pub fn lines(&self, part: &str) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        let of_it = |line: &&Value| line.to_string().contains(part);
        lines.iter().filter(of_it).cloned().collect()
    }

    /// Asks for an orderly end and waits for it; it has to be one.
    pub async fn terminate(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < LIMIT, "it does not end");
            // Not the thread: clients in it have to see that the connection ends.
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert!(status.success(), "{status}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
