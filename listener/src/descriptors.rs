//! How many connections this process may hold: a matter of file descriptors.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Connections that one process is made for. Each takes up to 40 kB while it is being answered;
/// what Kubernetes gives a pod (k8s/options.nix) has room for all of them.
pub const CONNECTIONS: usize = 1024;
/// Descriptors that are not connections of visitors: files, listeners, other services.
const RESERVE: u64 = 64;

/// Raises the limit of open files as far as the machine allows, because the soft limit of 1024
/// that many systems start a process with is for programs that use `select`; and says how many
/// connections fit in it, [`CONNECTIONS`] at the most.
#[must_use]
pub fn raise() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let descriptors = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files stays as it is");
            limit.current
        }
    };
    // No limit is no number.
    let descriptors = descriptors.unwrap_or(u64::MAX);
    usize::try_from(descriptors.saturating_sub(RESERVE))
        .unwrap_or(usize::MAX)
        .min(CONNECTIONS)
}
