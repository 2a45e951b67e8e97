//! Accepts connections within a bound, the same in every service.
//!
//! A process can hold so many connections and no more. At that bound the one that has been silent
//! for longest, that is, has read and written nothing, is closed in favour of the next: a flood of
//! connections that say nothing takes the health endpoints from nobody.
//!
//! Waiting for an answer is silence, too. A server that marks its answers with
//! [`Activity::answering`] keeps the connections that wait for them; where all of them do, the
//! newcomer is closed. marketplace does so: a page takes up to a second. recommendations does not:
//! its calls take microseconds, and over gRPC a peer decides for how long a call is open, so that a
//! mark would let a flood of open calls keep every place.
//!
//! | module | does |
//! | --- | --- |
//! | [`Listener`] | takes a port, accepts connections |
//! | [`Connection`] | one of them, as bytes to read and to write; ends when it has to |
//! | [`Activity`] | what one of them is doing, for the server to mark its answers in, and to end it |
//! | [`descriptors`] | how many connections this process may hold |

mod activity;
mod connection;
pub mod descriptors;
mod open;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

pub use activity::{Activity, Answering};
pub use connection::Connection;
use open::Open;

/// Rest after a failed `accept`, which mostly means that descriptors have run out: the next try
/// would fail as well, and trying without a rest takes a whole core.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);
/// A peer that has not acknowledged what it was sent for this long is gone, or does not read.
const UNREAD: Duration = Duration::from_secs(10);

/// A port that accepts connections.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    open: Arc<Open>,
}

impl Listener {
    /// Listens on `address`; port 0 takes a free one. At most `most` connections are held.
    ///
    /// # Errors
    ///
    /// When the port is in use or the address is not of this machine.
    pub async fn bind(address: SocketAddr, most: usize) -> io::Result<Self> {
        Ok(Self {
            socket: TcpListener::bind(address).await?,
            open: Arc::new(Open::new(most)),
        })
    }

    /// The address that it listens on, with the real port.
    ///
    /// # Errors
    ///
    /// When the operating system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The next connection; where there is no room for it, the most silent one ends. One that
    /// comes while all of them are being answered is closed instead, and not returned.
    pub async fn accept(&self) -> Connection {
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    prepare(&stream);
                    match Connection::new(stream, peer, &self.open) {
                        Some(connection) => return connection,
                        None => tracing::debug!(%peer, "no room for a connection"),
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_RETRY).await;
                }
            }
        }
    }
}

/// Small answers go out at once, and a peer that takes none of them is let go. Neither is worth
/// refusing a connection for.
fn prepare(stream: &TcpStream) {
    let unread = u32::try_from(UNREAD.as_millis()).unwrap_or(u32::MAX);
    let _ = stream.set_nodelay(true);
    let _ = sockopt::set_tcp_user_timeout(stream, unread);
    let _ = sockopt::set_socket_keepalive(stream, true);
}
