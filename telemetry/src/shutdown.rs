//! SIGTERM (an orchestrator stops the service) and SIGINT (Ctrl-C) as one future.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask for an orderly end, caught from the moment this is made.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Starts catching; a signal that comes before [`Signals::recv`] is awaited is not lost.
    ///
    /// # Errors
    ///
    /// When the operating system refuses the handlers.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for one of them.
    pub async fn recv(mut self) {
        let name = tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "stopping: finishing what was accepted");
    }
}
