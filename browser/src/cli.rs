//! The flags, and what they mean: checked and read before a browser starts.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Parser;
use http::Uri;

/// Something was given wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What is given is no URL of a shop.
    #[error("{option} {url}: expected http://HOST:PORT")]
    Url {
        /// The flag that it is given with.
        option: &'static str,
        /// What is given.
        url: String,
    },
    /// A file or folder cannot be used.
    #[error("{option} {}: {source}", path.display())]
    File {
        /// The flag that names it.
        option: &'static str,
        /// Its path.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

/// Audits a running Online Books For You in Chromium.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// Where the page is.
    #[arg(long, default_value = "http://localhost:5000")]
    url: String,
    /// Where a shop is whose recommendations is not there; without it that page is skipped.
    #[arg(long, value_name = "URL")]
    away_url: Option<String>,
    /// The chromedriver to start, a path or a name on PATH.
    #[arg(long, value_name = "PROGRAM", default_value = "chromedriver")]
    pub chromedriver: PathBuf,
    /// The Chromium that it starts; without this the one that it finds.
    #[arg(long, value_name = "PROGRAM")]
    pub chromium: Option<PathBuf>,
    /// The source of axe-core (axe.js or axe.min.js); without it that audit is skipped.
    #[arg(long, value_name = "FILE")]
    axe: Option<PathBuf>,
    /// Where to put a picture of each view.
    #[arg(long, value_name = "FOLDER")]
    screenshots: Option<PathBuf>,
}

impl Cli {
    /// Where the shop is, without a slash at the end, and the host in it.
    ///
    /// # Errors
    /// When it is no URL of a page, or has a query.
    pub fn shop(&self) -> Result<(String, String), Error> {
        shop("--url", &self.url)
    }

    /// The same of the shop whose recommendations is not there, if one is named.
    ///
    /// # Errors
    /// As [`Cli::shop`].
    pub fn away(&self) -> Result<Option<(String, String)>, Error> {
        let url = self.away_url.as_ref();
        url.map(|url| shop("--away-url", url)).transpose()
    }

    /// axe-core's source, if a file is named.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn axe(&self) -> Result<Option<String>, Error> {
        let read = |path: &PathBuf| {
            fs::read_to_string(path).map_err(|source| unusable("--axe", path, source))
        };
        self.axe.as_ref().map(read).transpose()
    }

    /// The folder for pictures, if one is named; made where it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn pictures(&self) -> Result<Option<PathBuf>, Error> {
        if let Some(path) = &self.screenshots {
            fs::create_dir_all(path).map_err(|source| unusable("--screenshots", path, source))?;
        }
        Ok(self.screenshots.clone())
    }
}

fn shop(option: &'static str, url: &str) -> Result<(String, String), Error> {
    let url = url.trim_end_matches('/').to_owned();
    let uri = url.parse::<Uri>().ok();
    let uri = uri.filter(|uri| uri.scheme_str() == Some("http") && uri.query().is_none());
    match uri.as_ref().and_then(Uri::host) {
        Some(host) => Ok((url, host.to_owned())),
        None => Err(Error::Url { option, url }),
    }
}

fn unusable(option: &'static str, path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    Error::File {
        option,
        path,
        source,
    }
}
