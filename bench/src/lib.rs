//! Measures the system (`bench`), and watches it through restarts (`soak`).
//!
//! | module | does |
//! | --- | --- |
//! | [`description`] | the file that says where programs, files and images are |
//! | [`process`], [`ports`], [`services`] | child processes, never left behind; services |
//! | [`command_line`] | what both programs do around their work: signals, logs, exit codes |
//! | [`wrk`], [`h2load`], [`tool`] | the load generators, run and read |
//! | [`http`], [`metrics`], [`proc`], [`oci`] | readers: an answer, `/metrics`, `/proc`, an image |
//! | [`figures`], [`mod@unit`] | what was found |
//! | [`table`], [`report`], [`progress`] | how it is shown |
//! | [`measure`] | the figures of `bench`, a file a topic |
//! | [`soak`] | visitors, restarts and rules of `soak` |

pub mod command_line;
pub mod description;
pub mod figures;
pub mod h2load;
pub mod http;
pub mod measure;
pub mod metrics;
pub mod oci;
pub mod ports;
pub mod proc;
pub mod process;
pub mod progress;
pub mod report;
pub mod services;
pub mod soak;
pub mod table;
pub mod tool;
pub mod unit;
pub mod wrk;
