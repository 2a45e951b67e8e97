//! The whole system on free ports: the black-box checks, restarts and a stop under requests,
//! traces in log lines and at a collector.
#![allow(clippy::unwrap_used, clippy::panic)]

mod built;
mod checks;
mod collector;
mod export;
mod programs;
mod restart;
mod stop;
mod trace;
