//! Real sockets at the bound: who speaks or is answered stays, who is silent goes.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::time::Duration;

use listener::Listener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// A listener with room for four, whose connections give back what they read, after `delay`.
/// Meanwhile they look, as HTTP servers do, whether their peer is still there.
async fn echo(delay: Duration) -> SocketAddr {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), 4).await.unwrap();
    let address = listener.address().unwrap();
    tokio::spawn(async move {
        loop {
            let mut connection = listener.accept().await;
            tokio::spawn(async move {
                let activity = connection.activity();
                let mut byte = [0];
                while let Ok(1) = connection.read(&mut byte).await {
                    let answering = activity.answering();
                    tokio::select! {
                        () = sleep(delay) => {}
                        _ = connection.read_u8() => break,
                    }
                    drop(answering);
                    connection.write_all(&byte).await.unwrap();
                }
            });
        }
    });
    address
}

async fn answers(stream: &mut TcpStream) -> bool {
    let exchange = async {
        stream.write_all(b"?").await?;
        stream.read_exact(&mut [0]).await
    };
    timeout(Duration::from_secs(10), exchange)
        .await
        .unwrap()
        .is_ok()
}

#[tokio::test]
async fn a_flood_of_silence_takes_nothing_from_who_speaks() {
    let address = echo(Duration::ZERO).await;
    let mut speaks = TcpStream::connect(address).await.unwrap();
    let mut flood = Vec::new();
    for _ in 0..40 {
        flood.push(TcpStream::connect(address).await.unwrap());
        // A millisecond is what silence is measured in.
        sleep(Duration::from_millis(3)).await;
        assert!(answers(&mut speaks).await, "cut off after {}", flood.len());
    }
    let mut newcomer = TcpStream::connect(address).await.unwrap();
    assert!(answers(&mut newcomer).await, "no room for a newcomer");
    assert!(
        !answers(&mut flood[0]).await,
        "the first of the flood is still held"
    );
}

#[tokio::test]
async fn a_flood_during_an_answer_does_not_cut_it_off() {
    let address = echo(Duration::from_millis(500)).await;
    let mut visitor = TcpStream::connect(address).await.unwrap();
    visitor.write_all(b"?").await.unwrap();
    sleep(Duration::from_millis(50)).await;
    let mut flood = Vec::new();
    for _ in 0..40 {
        flood.push(TcpStream::connect(address).await.unwrap());
        sleep(Duration::from_millis(3)).await;
    }
    let answer = timeout(Duration::from_secs(10), visitor.read_u8()).await;
    assert_eq!(answer.unwrap().unwrap(), b'?');
}

#[tokio::test]
async fn where_all_are_being_answered_the_newcomer_is_closed() {
    let address = echo(Duration::from_millis(500)).await;
    let mut visitors = Vec::new();
    for _ in 0..4 {
        let mut visitor = TcpStream::connect(address).await.unwrap();
        visitor.write_all(b"?").await.unwrap();
        visitors.push(visitor);
    }
    sleep(Duration::from_millis(50)).await;
    let mut newcomer = TcpStream::connect(address).await.unwrap();
    assert!(!answers(&mut newcomer).await, "there was room");
    for mut visitor in visitors {
        assert_eq!(visitor.read_u8().await.unwrap(), b'?');
    }
}
