//! A connection to every address of recommendations, of which only those that stand are used.
//!
//! One task resolves the names every few seconds; one task an address connects, asks whether the
//! peer is healthy, puts the connection among the live ones, takes it out when it ends, and tries
//! again. A call therefore never waits for a connection attempt, and never meets an address that
//! refused the last one. Whether the peer is healthy is asked again and again, and at once when a
//! call had no answer in time: one that hangs gets no more calls until it answers. Until then calls
//! go where the fewest wait, so it collects a few of them and not its share.
//!
//! Not tonic's `balance_channel`: it hands calls to an address that refuses, one failed call for
//! each attempt to connect, and keeps an address whose process is gone in the rotation.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::failure::one_line;
use crate::hosts::Target;
use crate::resolve;
use crate::stub::{self, Connection};

/// Time between two looks at what the names stand for.
const RESOLVE: Duration = Duration::from_secs(3);
/// The same while a name does not resolve.
const RESOLVE_AGAIN: Duration = Duration::from_millis(500);
/// Longest wait for a connection, and then for a sign of health.
const CONNECT: Duration = Duration::from_millis(500);
/// First and longest rest between two attempts to connect; with `CONNECT`, a service that
/// returns is used again within one second.
const REST: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(400));
/// Time between two questions whether a peer is healthy. By call and not by HTTP/2 ping: grpcio's
/// servers close a connection that pings while there are no calls.
const CHECK: Duration = Duration::from_secs(2);
/// Longest wait for that answer: a peer that takes longer than a page may take is of no use.
const ANSWER: Duration = Duration::from_secs(1);

type Live = watch::Sender<Vec<Connection>>;
/// The task that reads and writes what a connection carries, until that ends.
type Driver = JoinHandle<hyper::Result<()>>;

/// The connections that stand. Clones share them.
#[derive(Clone, Debug)]
pub struct Pool {
    live: Live,
    next: Arc<AtomicUsize>,
}

impl Pool {
    /// Starts to resolve and to connect, on the current runtime.
    #[must_use]
    pub fn start(targets: Vec<Target>) -> Self {
        let live = Live::default();
        tokio::spawn(follow(targets, live.clone()));
        Self {
            live,
            next: Arc::default(),
        }
    }

    /// The connection with the fewest calls in flight, the next in turn of several such; another
    /// one than to `except`, where there is another.
    #[must_use]
    pub fn pick(&self, except: Option<SocketAddr>) -> Option<Connection> {
        let live = self.live.borrow();
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let (before, after) = live.split_at(turn % live.len().max(1));
        let in_turn = after.iter().chain(before).filter(|c| !c.sender.is_closed());
        let load = |c: &&Connection| (Some(c.address) == except, c.in_flight());
        in_turn.min_by_key(load).cloned()
    }

    /// As [`Pool::pick`], waiting for a connection until `deadline` where there is none.
    pub async fn wait(&self, except: Option<SocketAddr>, deadline: Instant) -> Option<Connection> {
        let mut changes = self.live.subscribe();
        let connection = async {
            loop {
                changes.borrow_and_update();
                if let Some(connection) = self.pick(except) {
                    return Some(connection);
                }
                changes.changed().await.ok()?;
            }
        };
        tokio::time::timeout_at(deadline, connection).await.ok()?
    }
}

/// Keeps one task for each address that the targets stand for.
async fn follow(targets: Vec<Target>, live: Live) {
    let mut known: Vec<BTreeSet<SocketAddr>> = vec![BTreeSet::new(); targets.len()];
    let mut failing = vec![false; targets.len()];
    // Dropping a sender ends its address's task.
    let mut tasks: HashMap<SocketAddr, oneshot::Sender<()>> = HashMap::new();
    loop {
        for (index, target) in targets.iter().enumerate() {
            match resolve::addresses(target).await {
                Ok(addresses) => {
                    known[index] = addresses;
                    failing[index] = false;
                }
                // What was known stays: a name server that is away takes nothing down.
                Err(error) => {
                    if !failing[index] {
                        tracing::warn!(error = one_line(&error), "recommendations not found");
                    }
                    failing[index] = true;
                }
            }
        }
        let wanted: BTreeSet<_> = known.iter().flatten().copied().collect();
        tasks.retain(|address, _| wanted.contains(address));
        for address in wanted {
            tasks.entry(address).or_insert_with(|| {
                let (keep, dropped) = oneshot::channel();
                tokio::spawn(hold(address, live.clone(), dropped));
                keep
            });
        }
        let all_found = failing.iter().all(|failing| !failing);
        sleep(if all_found { RESOLVE } else { RESOLVE_AGAIN }).await;
    }
}

/// Holds a connection to one address until `dropped` ends; then lets calls on it finish.
async fn hold(address: SocketAddr, live: Live, mut dropped: oneshot::Receiver<()>) {
    let mut rest = REST.0;
    loop {
        let attempt = tokio::select! {
            attempt = connect(address) => attempt,
            _ = &mut dropped => return,
        };
        match attempt {
            Ok((connection, driver)) => {
                rest = REST.0;
                live.send_modify(|live| live.push(connection.clone()));
                tracing::info!(%address, "recommendations connected");
                let ended = tokio::select! {
                    cause = ended(&connection, driver, &live) => Some(cause),
                    _ = &mut dropped => None,
                };
                leave(&live, address);
                // The driver goes on until nobody holds a sender and the last answer is read.
                drop(connection);
                let Some(cause) = ended else {
                    tracing::info!(%address, "recommendations no longer at this address");
                    return;
                };
                tracing::warn!(%address, cause, "recommendations connection ended");
            }
            Err(error) => tracing::debug!(%address, %error, "recommendations does not answer"),
        }
        tokio::select! {
            () = sleep(rest) => rest = REST.1.min(rest * 2),
            _ = &mut dropped => return,
        }
    }
}

/// Waits until a connection is no good any more, and says why if that is known: it ended, or its
/// peer is not healthy. While a peer is doubted, its connection is not among the live ones.
async fn ended(connection: &Connection, mut driver: Driver, live: &Live) -> Option<String> {
    loop {
        let doubted = tokio::select! {
            ended = &mut driver => return ended.ok()?.err().map(|error| one_line(&error)),
            () = connection.doubted() => true,
            () = sleep(CHECK) => false,
        };
        if doubted {
            leave(live, connection.address);
        }
        match timeout(ANSWER, stub::healthy(connection.clone())).await {
            Err(_) => return Some("it does not answer".to_owned()),
            Ok(Err(status)) => return Some(one_line(&status)),
            Ok(Ok(())) if doubted => live.send_modify(|live| live.push(connection.clone())),
            Ok(Ok(())) => {}
        }
    }
}

fn leave(live: &Live, address: SocketAddr) {
    live.send_modify(|live| live.retain(|connection| connection.address != address));
}

/// A connection to a peer that said it is healthy, and the task that drives it to its end.
async fn connect(
    address: SocketAddr,
) -> Result<(Connection, Driver), Box<dyn Error + Send + Sync>> {
    let stream = timeout(CONNECT, TcpStream::connect(address)).await??;
    stream.set_nodelay(true)?;
    let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, driver) = timeout(CONNECT, handshake).await??;
    let driver = tokio::spawn(driver);
    let connection = Connection::new(address, sender);
    timeout(CONNECT, stub::healthy(connection.clone())).await??;
    Ok((connection, driver))
}
