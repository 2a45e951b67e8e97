//! The figures as a file: JSON, with every round and the machine that they are of.

use std::{fs, io, path::Path};

use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{figures::Figure, proc::Machine};

/// The file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("--json {file}: {source}")]
pub struct Error {
    file: String,
    source: io::Error,
}

/// What a program found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The program.
    program: &'static str,
    /// When it ended, in UTC.
    date: String,
    /// Whether its rounds were fewer and shorter than they should be.
    quick: bool,
    machine: Machine,
    figures: Vec<Figure>,
}

impl Report {
    /// The report of this moment and machine.
    #[must_use]
    pub fn now(program: &'static str, quick: bool, figures: Vec<Figure>) -> Self {
        let now = OffsetDateTime::now_utc();
        let date = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339);
        Self {
            program,
            date: date.unwrap_or_default(),
            quick,
            machine: Machine::this(),
            figures,
        }
    }

    /// The figures.
    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// One line on what the figures are of.
    #[must_use]
    pub fn heading(&self) -> String {
        let Machine {
            cores,
            processor,
            kernel,
        } = &self.machine;
        let quick = if self.quick {
            "; quick: few and short rounds, not to be compared with others"
        } else {
            ""
        };
        format!("{cores} cores of {processor}, Linux {kernel}{quick}")
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, file: &Path) -> Result<(), Error> {
        let json = serde_json::to_string_pretty(self).map_err(io::Error::from);
        let written = json.and_then(|json| fs::write(file, json + "\n"));
        written.map_err(|source| Error {
            file: file.display().to_string(),
            source,
        })
    }
}
