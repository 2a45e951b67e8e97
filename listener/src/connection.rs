//! One accepted connection.

use std::future::Future;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tonic::transport::server::Connected;

use crate::activity::Activity;
use crate::open::{Held, Open};

/// The bytes of one peer. Reading fails once it has to end.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    held: Held,
    ended: oneshot::Receiver<()>,
}

impl Connection {
    /// `None` where there is no room for it.
    pub(crate) fn new(stream: TcpStream, peer: SocketAddr, open: &Arc<Open>) -> Option<Self> {
        let (held, ended) = open.enter()?;
        Some(Self {
            stream,
            peer,
            held,
            ended,
        })
    }

    /// Who is at the other end.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// What it is doing, for the server that speaks on it to mark its answers in.
    #[must_use]
    pub fn activity(&self) -> Activity {
        self.held.activity.clone()
    }

    /// Notes that something passed.
    fn passed<T>(&self, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if matches!(result, Poll::Ready(Ok(_))) {
            self.held.activity.heard();
        }
        result
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if Pin::new(&mut self.ended).poll(cx).is_ready() {
            let reason = "silent for longest without room for the next, or not reading";
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                reason,
            )));
        }
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buffer));
        self.passed(Poll::Ready(read))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.passed(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.passed(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A tonic server finds what its connection is doing in each request's extensions.
impl Connected for Connection {
    type ConnectInfo = Activity;

    fn connect_info(&self) -> Activity {
        self.activity()
    }
}
