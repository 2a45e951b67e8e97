//! Real sockets at the bound: who speaks stays, who is silent goes.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::time::Duration;

use listener::Listener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// A listener with room for four, whose connections give back what they read.
async fn echo() -> SocketAddr {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), 4).await.unwrap();
    let address = listener.address().unwrap();
    tokio::spawn(async move {
        loop {
            let mut connection = listener.accept().await;
            tokio::spawn(async move {
                let mut byte = [0];
                while let Ok(1) = connection.read(&mut byte).await {
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
    let address = echo().await;
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
