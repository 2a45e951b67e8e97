//! The marketplace through Rocket, with a real tonic server behind it that comes and goes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod absence;
mod pages;
mod properties;
mod support;
