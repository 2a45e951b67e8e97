//! The real program at its port: slow, huge and many clients, and an end in the middle of requests.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use listener::descriptors;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_marketplace");
const LIVE: &str = "GET /health/live HTTP/1.1\r\nhost: test\r\n\r\n";
/// Longer than the program takes for anything.
const LIMIT: Duration = Duration::from_secs(30);

/// The running program; killed when dropped.
struct Shop {
    child: Child,
    address: SocketAddr,
    /// The lines that it logs from then on.
    lines: mpsc::Receiver<Value>,
}

impl Shop {
    fn open() -> Self {
        Self::start(&mut Command::new(PROGRAM))
    }

    fn start(program: &mut Command) -> Self {
        let mut child = program
            .env_clear()
            .env("ROCKET_TEMPLATE_DIR", format!("{FOLDER}/templates"))
            .env("ROCKET_STATIC_DIR", format!("{FOLDER}/static"))
            .env("ROCKET_PORT", "0")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut lines = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        let address = lines
            .find(|line| line["message"] == "listening")
            .map(|line| line["address"].as_str().unwrap().parse().unwrap())
            .unwrap();
        // Read whether or not a test looks at them: a full pipe would stop the program.
        let (line, later) = mpsc::channel();
        thread::spawn(move || lines.for_each(|read| drop(line.send(read))));
        Self {
            child,
            address,
            lines: later,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// The first line of the answer to `request` on a connection of its own.
    fn answer(&self, request: &str) -> String {
        let mut stream = self.connect();
        // It may be refused before all of it is sent.
        let _ = stream.write_all(request.as_bytes());
        let mut line = String::new();
        let _ = BufReader::new(stream).read_line(&mut line);
        line.trim_end().to_owned()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_head_that_comes_too_slowly_ends_its_connection() {
    let shop = Shop::open();
    let mut slow = shop.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: test\r\nslow: ")
        .unwrap();
    slow.set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let started = Instant::now();
    loop {
        // A byte now and then, for as long as anybody listens.
        let sent = slow.write_all(b"a");
        let read = slow.read(&mut [0]);
        let ended = match (sent, read) {
            (Err(_), _) | (_, Ok(0)) => true,
            (_, Err(error)) => error.kind() != ErrorKind::WouldBlock,
            (_, Ok(_)) => false,
        };
        if ended {
            break;
        }
        assert!(started.elapsed() < LIMIT, "still held");
    }
    assert_eq!(shop.answer(LIVE), "HTTP/1.1 200 OK");
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let shop = Shop::open();
    let long_path = format!(
        "GET /{} HTTP/1.1\r\nhost: test\r\n\r\n",
        "a".repeat(100_000)
    );
    let long_header = format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", "a".repeat(100_000));
    let many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(1000));
    for request in [long_path, long_header, many_headers] {
        let refusal = shop.answer(&request);
        assert_eq!(refusal, "HTTP/1.1 431 Request Header Fields Too Large");
    }
    let path = format!("GET /{} HTTP/1.1\r\nhost: test\r\n\r\n", "a".repeat(5000));
    assert_eq!(shop.answer(&path), "HTTP/1.1 414 URI Too Long");
    assert_eq!(
        shop.answer("NOPE / HTTP/1.1\r\nhost: test\r\n\r\n"),
        "HTTP/1.1 501 Not Implemented"
    );
    assert_eq!(shop.answer("nonsense\r\n\r\n"), "HTTP/1.1 400 Bad Request");
    assert_eq!(shop.answer(LIVE), "HTTP/1.1 200 OK");
}

#[test]
fn every_answer_has_its_log_line() {
    let shop = Shop::open();
    let answers = [
        ("GET /nowhere", "GET", "/nowhere", 404),
        ("HEAD /nowhere", "HEAD", "/nowhere", 404),
        // An address that only some take for one, and a method that nobody does.
        ("GET /a|b?user=1", "GET", "/a|b", 400),
        ("NOPE /somewhere", "other", "/somewhere", 501),
    ];
    for (request, method, path, status) in answers {
        let answer = shop.answer(&format!("{request} HTTP/1.1\r\nhost: test\r\n\r\n"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        let line = loop {
            let line = shop.lines.recv_timeout(LIMIT).unwrap();
            if line["message"] == "request" {
                break line;
            }
        };
        assert_eq!(line["method"], method, "{line}");
        assert_eq!(line["path"], path, "{line}");
        assert_eq!(line["status"], status, "{line}");
    }
}

#[test]
fn a_flood_of_connections_leaves_the_health_endpoints_up() {
    let shop = Shop::open();
    let mut regular = shop.connect();
    let more_than_it_holds = descriptors::raise() + 20;
    let mut flood = Vec::new();
    for number in 0..more_than_it_holds {
        flood.push(shop.connect());
        if number % 100 == 0 {
            regular.write_all(LIVE.as_bytes()).unwrap();
            assert_eq!(
                read_answer(&mut BufReader::new(&regular)).unwrap(),
                "HTTP/1.1 200 OK"
            );
        }
    }
    assert_eq!(shop.answer(LIVE), "HTTP/1.1 200 OK");
}

#[test]
fn a_flood_while_a_page_is_made_does_not_cut_it_off() {
    // Recommendations that never answer: the page takes its whole deadline.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = hanging.local_addr().unwrap().port().to_string();
    // Fewer descriptors leave fewer places, so that a second is enough for a flood.
    let places = 64;
    let mut program = Command::new("/bin/sh");
    program
        .args(["-c", "ulimit -n 128 && exec \"$@\"", "sh", PROGRAM])
        .args(["--recommendations-host", "127.0.0.1"])
        .args(["--recommendations-port", &port]);
    let shop = Shop::start(&mut program);
    let mut visitor = shop.connect();
    visitor
        .write_all(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    thread::sleep(Duration::from_millis(100));
    let flood: Vec<_> = (0..places + 20).map(|_| shop.connect()).collect();
    let answer = read_answer(&mut BufReader::new(&visitor)).unwrap();
    assert_eq!(answer, "HTTP/1.1 503 Service Unavailable");
    drop(flood);
}

#[test]
fn a_stop_answers_every_request_that_was_sent() {
    let mut shop = Shop::open();
    let (answered, count) = mpsc::channel();
    let visitors: Vec<_> = (0..8)
        .map(|_| {
            let (mut stream, answered) = (shop.connect(), answered.clone());
            thread::spawn(move || {
                let mut answers = BufReader::new(stream.try_clone().unwrap());
                loop {
                    stream.write_all(LIVE.as_bytes()).unwrap();
                    let mut last = false;
                    let status = read_head(&mut answers, |header| {
                        last |= header.eq_ignore_ascii_case("connection: close");
                    });
                    assert_eq!(status.unwrap(), "HTTP/1.1 200 OK");
                    answered.send(()).unwrap();
                    if last {
                        break;
                    }
                }
            })
        })
        .collect();
    // Everybody is at it.
    for _ in 0..1000 {
        count.recv_timeout(LIMIT).unwrap();
    }
    kill_process(Pid::from_child(&shop.child), Signal::TERM).unwrap();
    for visitor in visitors {
        visitor.join().unwrap();
    }
    let started = Instant::now();
    while shop.child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < LIMIT, "still running");
        thread::sleep(Duration::from_millis(5));
    }
    assert!(shop.child.wait().unwrap().success());
}

#[test]
fn a_stop_lets_everybody_in_who_was_there() {
    // Several times: now and then all of them are in before the program looks at the signal.
    for _ in 0..8 {
        stop_with_visitors_at_the_door();
    }
}

fn stop_with_visitors_at_the_door() {
    let mut shop = Shop::open();
    // Stopped, it accepts nobody: all of these wait to be let in.
    let process = Pid::from_child(&shop.child);
    kill_process(process, Signal::STOP).unwrap();
    let visitors: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = shop.connect();
            stream.write_all(LIVE.as_bytes()).unwrap();
            stream
        })
        .collect();
    kill_process(process, Signal::TERM).unwrap();
    kill_process(process, Signal::CONT).unwrap();
    for (number, visitor) in visitors.into_iter().enumerate() {
        let status = read_answer(&mut BufReader::new(visitor));
        assert_eq!(status.unwrap(), "HTTP/1.1 200 OK", "visitor {number}");
    }
    assert!(shop.child.wait().unwrap().success());
}

/// The first line of an answer, which is read to its end.
fn read_answer(answers: &mut impl BufRead) -> std::io::Result<String> {
    read_head(answers, |_| {})
}

/// As [`read_answer`], showing each header to `look`.
fn read_head(answers: &mut impl BufRead, mut look: impl FnMut(&str)) -> std::io::Result<String> {
    let mut status = String::new();
    answers.read_line(&mut status)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        answers.read_line(&mut header)?;
        let header = header.trim_end();
        if header.is_empty() {
            break;
        }
        look(header);
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    answers.read_exact(&mut vec![0; length])?;
    Ok(status.trim_end().to_owned())
}
