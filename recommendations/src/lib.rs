//! The recommendations service: picks books of a category, over gRPC.
//!
//! [`config`] says what can be set, [`catalogue`] holds the books, [`service`] answers, [`server`]
//! runs it with health, reflection and limits, [`health`] is the probe of a running one.

pub mod catalogue;
pub mod config;
pub mod health;
pub mod server;
pub mod service;
