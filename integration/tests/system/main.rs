//! The whole system on free ports: the black-box checks, restarts under requests, traces.
#![allow(clippy::unwrap_used, clippy::panic)]

mod checks;
mod programs;
mod restart;
mod trace;
