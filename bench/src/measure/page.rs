//! A page that load is put on, and pairs of them in turn.

use std::fmt;

use http::{StatusCode, Uri};

use super::Bench;
use crate::{
    command_line::Failure,
    http::get,
    wrk::{self, Load},
};

/// Seconds of load before the rounds that count.
const WARM_UP: u32 = 1;

/// A page of a system.
#[derive(Clone, Debug)]
pub struct Page {
    /// What its figures are called.
    name: String,
    url: Uri,
}

impl Page {
    /// The page at `url`.
    ///
    /// # Errors
    /// When that is no address with `http://`.
    pub fn new(name: impl Into<String>, url: &str) -> Result<Self, String> {
        let parsed = url.parse::<Uri>().ok();
        let parsed = parsed.filter(|url| url.scheme_str() == Some("http"));
        Ok(Self {
            name: name.into(),
            url: parsed.ok_or_else(|| format!("{url}: expected http://HOST:PORT/PATH"))?,
        })
    }

    /// What its figures are called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Fails unless it answers with 200.
    pub(super) async fn must_answer(&self) -> Result<(), Failure> {
        match self.answer().await {
            Ok(StatusCode::OK) => Ok(()),
            Ok(status) => Err(Failure::of(
                &self.name,
                format!("{} answers {status}", self.url),
            )),
            Err(error) => Err(Failure::of(&self.name, format!("{}: {error}", self.url))),
        }
    }

    /// Puts load on it that does not count.
    pub(super) async fn warm_up(&self, bench: &Bench<'_>) -> Result<(), Failure> {
        bench.progress.now(&format!("{}, warming up", self.name));
        self.must_answer().await?;
        self.load(WARM_UP, bench).await.map(drop)
    }

    /// Puts load on it.
    pub(super) async fn load(&self, seconds: u32, bench: &Bench<'_>) -> Result<Load, Failure> {
        let url = self.url.to_string();
        match wrk::run(&url, seconds, bench.folder).await {
            Ok(load) => Ok(load),
            Err(error) => {
                let now = match self.answer().await {
                    Ok(status) => format!("{url} now answers {status}"),
                    Err(error) => format!("{url} now: {error}"),
                };
                Err(Failure::of(&self.name, format!("{error} ({now})")))
            }
        }
    }

    async fn answer(&self) -> Result<StatusCode, crate::http::Error> {
        let host = self.url.host().unwrap_or_default();
        let authority = format!("{host}:{}", self.url.port_u16().unwrap_or(80));
        let path = self.url.path_and_query().map_or("/", |path| path.as_str());
        Ok(get(&authority, path).await?.status)
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

/// Rounds of load on two pages in turn, so that what else the machine does meets both. Which of
/// them is first changes from round to round.
pub(super) async fn pairs(
    bench: &Bench<'_>,
    what: &str,
    left: &Page,
    right: &Page,
) -> Result<Vec<(Load, Load)>, Failure> {
    left.warm_up(bench).await?;
    right.warm_up(bench).await?;
    let seconds = bench.effort.seconds;
    let mut pairs = Vec::new();
    for round in 0..bench.effort.rounds {
        bench.round(what, round);
        pairs.push(if round.is_multiple_of(2) {
            let first = left.load(seconds, bench).await?;
            (first, right.load(seconds, bench).await?)
        } else {
            let first = right.load(seconds, bench).await?;
            (left.load(seconds, bench).await?, first)
        });
    }
    Ok(pairs)
}

/// The first page's rate by the second's, a value a pair.
pub(super) fn ratios(pairs: &[(Load, Load)]) -> Vec<f64> {
    pairs
        .iter()
        .map(|(left, right)| left.rate / right.rate)
        .collect()
}
