//! The web page of the bookstore, which asks the recommendations service what to show.
//!
//! | module | does |
//! | --- | --- |
//! | [`config`], [`failure`] | flags and environment; how a start that cannot be ends |
//! | [`server`] | puts the parts together |
//! | [`front`] | visitors' connections: accepted, read under limits, ended in order |
//! | [`pages`], [`query`], [`problem`] | the routes, what they read from a request, error pages |
//! | [`templates`], [`assets`] | the files: templates and static files, read at the start |
//! | [`admission`], [`observe`] | the bound on concurrent pages; log line, metrics and span of a request |
//! | [`client`] | one question to recommendations, under a deadline |
//! | [`pool`], [`hosts`], [`resolve`] | connections to every address that its names stand for |
//! | [`stub`] | one of them, and calls on it |

pub mod admission;
pub mod assets;
pub mod client;
pub mod config;
pub mod failure;
pub mod front;
pub mod hosts;
pub mod observe;
pub mod pages;
pub mod pool;
pub mod problem;
pub mod query;
pub mod resolve;
pub mod server;
pub mod stub;
pub mod templates;
