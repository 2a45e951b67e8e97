//! Black-box checks of a running system: what a visitor and a gRPC client can see, nothing else.
//!
//! [`system`] talks to the two services, [`page`] reads what a page says, [`checks`] are the
//! checks, each with a name and a reason when it fails.

pub mod checks;
pub mod page;
pub mod system;
