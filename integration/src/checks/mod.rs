//! The checks: a name, and a function from the system to nothing or to what is wrong.

mod grpc;
mod http;

use std::{future::Future, pin::Pin, time::Duration};

use tokio::time::timeout;

use crate::system::System;

/// How long one check may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Nothing, or what is wrong.
pub type Outcome = Result<(), String>;

/// A check: what it is called and how it is done.
pub type Check = (&'static str, fn(System) -> Running);

/// A check that is being done.
pub type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Does every check, one after the other, and hands each outcome to `report` as it is known.
pub async fn run(system: &System, mut report: impl FnMut(&str, &Outcome)) {
    for (name, check) in http::CHECKS.iter().chain(grpc::CHECKS) {
        let outcome = timeout(LIMIT, check(system.clone()))
            .await
            .unwrap_or_else(|_| Err(format!("not done within {} s", LIMIT.as_secs())));
        report(name, &outcome);
    }
}

/// Fails with both values when they differ.
fn equal<T: PartialEq + std::fmt::Debug>(what: &str, actual: T, expected: T) -> Outcome {
    if actual == expected {
        Ok(())
    } else {
        Err(format!("{what} is {actual:?}, expected {expected:?}"))
    }
}
