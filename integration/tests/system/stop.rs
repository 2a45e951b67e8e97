//! Pages are asked for all the time, while the marketplace is told to stop.

use std::{
    io::{self, BufRead, BufReader, ErrorKind, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use integration::page::texts_of;
use tokio::time::sleep;

use crate::programs::{marketplace, recommendations};

/// Longer than a page takes.
const LIMIT: Duration = Duration::from_secs(5);

/// An answer, read to its end.
struct Answer {
    status: String,
    /// Whether it is the last one of its connection.
    last: bool,
    body: String,
}

fn read(stream: &mut impl BufRead) -> io::Result<Answer> {
    let mut head = Vec::new();
    while head.last().is_none_or(|line: &String| !line.is_empty()) {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        head.push(line.trim_end().to_lowercase());
    }
    let length = head
        .iter()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    stream.read_exact(&mut body)?;
    Ok(Answer {
        last: head.iter().any(|line| line == "connection: close"),
        status: head.swap_remove(0),
        body: String::from_utf8(body).unwrap(),
    })
}

/// Looks at the page, one view after the other, until the door is closed; says how often. Whoever
/// is let in has to get every page that is asked for: whole, and with its books.
fn visit(shop: SocketAddr, request: &str, stopping: &AtomicBool) -> usize {
    let mut views = 0;
    loop {
        let stream = match TcpStream::connect(shop) {
            Ok(stream) => stream,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{error}");
                assert!(stopping.load(Ordering::SeqCst), "closed before the stop");
                return views;
            }
        };
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut stream = BufReader::new(stream);
        loop {
            let sent = stream.get_mut().write_all(request.as_bytes());
            let answer = sent.and_then(|()| read(&mut stream));
            let answer = answer.unwrap_or_else(|error| panic!("after {views} views: {error}"));
            assert_eq!(answer.status, "http/1.1 200 ok");
            assert_eq!(texts_of(&answer.body, "li").len(), 3, "{}", answer.body);
            views += 1;
            if answer.last {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_stop_answers_whoever_was_let_in() {
    let recommendations = recommendations(0);
    let marketplace = marketplace(&[&recommendations]);
    let stopping = Arc::new(AtomicBool::new(false));
    // Half of them stay on their connection, half come anew for each view.
    let requests = [
        "GET / HTTP/1.1\r\nhost: shop\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n",
    ];
    let visitors: Vec<_> = requests
        .into_iter()
        .cycle()
        .take(12)
        .map(|request| {
            let (shop, stopping) = (marketplace.address, Arc::clone(&stopping));
            thread::spawn(move || visit(shop, request, &stopping))
        })
        .collect();
    sleep(Duration::from_millis(500)).await;

    stopping.store(true, Ordering::SeqCst);
    marketplace.terminate().await;

    for visitor in visitors {
        let views = visitor.join().unwrap();
        assert!(views > 1, "only {views} views before the stop");
    }
    recommendations.terminate().await;
}
