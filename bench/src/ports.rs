//! Free ports of loopback for what is started.
//!
//! They are below those that the system gives to outgoing connections: a service that is away for
//! a moment finds its port again, and nobody who looks for it meets another's connection there.

use std::{
    iter::{Cycle, Skip},
    net::TcpListener,
    ops::Range,
    process,
};

/// Above what services have by custom, below where Linux's outgoing connections begin (32768).
const RANGE: Range<u16> = 20_000..32_000;

/// There is no free port.
#[derive(Debug, thiserror::Error)]
#[error("no port from {} to {} is free on 127.0.0.1", RANGE.start, RANGE.end - 1)]
pub struct NoPort;

/// Hands out ports, each once.
#[derive(Debug)]
pub struct Ports(Skip<Cycle<Range<u16>>>);

impl Default for Ports {
    /// Begins where another process of this program hardly does, so that two at a time seldom
    /// look at the same ones.
    fn default() -> Self {
        let first = process::id() as usize * 64 % RANGE.len();
        Self(RANGE.cycle().skip(first))
    }
}

impl Ports {
    /// A port that nobody listens on.
    ///
    /// # Errors
    /// When there is none.
    pub fn take(&mut self) -> Result<u16, NoPort> {
        let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        self.0.by_ref().take(RANGE.len()).find(free).ok_or(NoPort)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_once_and_nobody_has_it() {
        let mut ports = Ports::default();
        let first = ports.take().unwrap();
        let _listener = TcpListener::bind(("127.0.0.1", first)).unwrap();
        assert_ne!(ports.take().unwrap(), first);
        // Another's begin with the same one, which is taken now.
        assert_ne!(Ports::default().take().unwrap(), first);
    }
}
