//! The recommendations service: picks books of a category, over gRPC.
//!
//! [`config`] says what can be set, [`catalogue`] holds the books, [`service`] answers, [`server`]
//! runs it with health, reflection and limits, [`health`] is the probe of a running one. Of the
//! limits, [`bounds`], [`calls`] and [`held`] are those of the process, [`ending`] is
//! reflection's. [`failure`] is what ends the program early.

pub mod bounds;
pub mod calls;
pub mod catalogue;
pub mod config;
pub mod ending;
pub mod failure;
pub mod health;
pub mod held;
pub mod server;
pub mod service;
