//! Load from wrk, and its report, read strictly: what was not all answered well is no figure.

use std::{path::Path, process::Command, time::Duration};

use crate::{
    process::{self, last_line},
    tool,
};

/// Connections, as in every figure that has been given for this system.
pub const CONNECTIONS: u32 = 16;

/// What one round gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Requests a second.
    pub rate: f64,
    /// Median of the latency, in seconds.
    pub p50: f64,
    /// 99th percentile of the latency, in seconds.
    pub p99: f64,
}

/// There is no figure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// wrk did not run.
    #[error(transparent)]
    Process(#[from] process::Error),
    /// wrk failed, as it does where nobody listens.
    #[error("wrk: {0}")]
    Failed(String),
    /// Its report does not show an undisturbed round.
    #[error("{0}")]
    Report(#[from] ReportError),
}

/// A report without a figure.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Answers that are none.
    #[error("{bad} of {all} answers had a status of 400 or more, or none that HTTP has")]
    Status {
        /// How many.
        bad: u64,
        /// Of how many.
        all: u64,
    },
    /// Connections that broke.
    #[error("connections broke: {0}")]
    Sockets(String),
    /// No answer at all.
    #[error("no request was answered")]
    Nothing,
    /// Not the report of the wrk that is known here.
    #[error("wrk's report has {0}")]
    Unknown(String),
}

/// Asks for `url` for so many seconds, from one thread with [`CONNECTIONS`] connections.
///
/// # Errors
/// When a request was not answered well, or wrk did not run.
pub async fn run(url: &str, seconds: u32, folder: &Path) -> Result<Load, Error> {
    let mut command = Command::new("wrk");
    command
        .args(["-t1", "--latency"])
        .arg(format!("-c{CONNECTIONS}"))
        .arg(format!("-d{seconds}s"))
        .arg(url);
    let limit = Duration::from_secs(u64::from(seconds) + 10);
    let finished = tool::run("wrk", &mut command, folder, limit).await?;
    if !finished.status.success() {
        return Err(Error::Failed(last_line(&finished.log)));
    }
    Ok(parse(&finished.out)?)
}

/// Reads a report.
fn parse(report: &str) -> Result<Load, ReportError> {
    let (mut answered, mut rate, mut p50, mut p99) = (None, None, None, None);
    let (mut sockets, mut bad) = (None, None);
    for line in report.lines().filter(|line| !line.trim().is_empty()) {
        let unknown = || ReportError::Unknown(format!("the line {line:?}"));
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["50%", time] => p50 = Some(seconds(time).ok_or_else(unknown)?),
            ["99%", time] => p99 = Some(seconds(time).ok_or_else(unknown)?),
            ["75%" | "90%", _] => {}
            [count, "requests", "in", ..] => {
                answered = Some(count.parse::<u64>().map_err(|_| unknown())?);
            }
            ["Requests/sec:", value] => rate = Some(value.parse().map_err(|_| unknown())?),
            ["Socket", "errors:", ..] => sockets = Some(line.trim().to_owned()),
            ["Non-2xx", "or", "3xx", "responses:", count] => {
                bad = Some(count.parse().map_err(|_| unknown())?);
            }
            ["Running", ..]
            | [_, "threads", "and", _, "connections"]
            | ["Thread", "Stats", ..]
            | ["Latency" | "Req/Sec", _, _, _, _]
            | ["Latency", "Distribution"]
            | ["Transfer/sec:", _] => {}
            _ => return Err(unknown()),
        }
    }
    if let Some(line) = sockets {
        return Err(ReportError::Sockets(line));
    }
    let missing = |what: &str| ReportError::Unknown(format!("no {what}"));
    let answered = answered.ok_or_else(|| missing("number of requests"))?;
    if answered == 0 {
        return Err(ReportError::Nothing);
    }
    if let Some(bad) = bad {
        let all = answered;
        return Err(ReportError::Status { bad, all });
    }
    Ok(Load {
        rate: rate.ok_or_else(|| missing("rate"))?,
        p50: p50.ok_or_else(|| missing("50 %"))?,
        p99: p99.ok_or_else(|| missing("99 %"))?,
    })
}

/// A time as wrk writes it, in seconds.
fn seconds(time: &str) -> Option<f64> {
    let end = time.find(|character: char| character.is_ascii_alphabetic())?;
    let (number, unit) = time.split_at(end);
    let unit = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Running 1s test @ http://127.0.0.1:7301/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    42.72ms    9.01ms  51.94ms   92.03%
    Req/Sec   138.00     29.25   181.00     70.00%
  Latency Distribution
     50%  936.00us
     75%   44.00ms
     90%   47.66ms
     99%    1.05s
  138 requests in 1.01s, 15.88KB read
Requests/sec:    136.92
Transfer/sec:     15.75KB
";

    /// The report with one line more.
    fn with(line: &str) -> String {
        GOOD.replace("Requests/sec", &format!("  {line}\nRequests/sec"))
    }

    #[test]
    fn a_good_report_is_read() {
        let expected = Load {
            rate: 136.92,
            p50: 0.000_936,
            p99: 1.05,
        };
        assert_eq!(parse(GOOD), Ok(expected));
    }

    #[test]
    fn answers_with_an_error_are_no_figure() {
        let report = with("Non-2xx or 3xx responses: 3");
        let expected = ReportError::Status { bad: 3, all: 138 };
        assert_eq!(parse(&report), Err(expected));
    }

    #[test]
    fn broken_connections_are_no_figure() {
        let line = "Socket errors: connect 0, read 12, write 0, timeout 1";
        assert_eq!(
            parse(&with(line)),
            Err(ReportError::Sockets(line.to_owned()))
        );
    }

    #[test]
    fn no_requests_are_no_figure() {
        let report = GOOD
            .replace("138 requests", "0 requests")
            .replace("136.92", "0.00");
        assert_eq!(parse(&report), Err(ReportError::Nothing));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let error = |report: &str| parse(report).unwrap_err().to_string();
        assert!(error(&with("Server went away")).contains("Server went away"));
        assert!(error(&GOOD.replace("936.00us", "936.00")).contains("50%"));
        assert!(error(&GOOD.replace("136.92", "many")).contains("many"));
        assert_eq!(error(""), "wrk's report has no number of requests");
        let cut = GOOD.replace("Requests/sec:    136.92\n", "");
        assert_eq!(error(&cut), "wrk's report has no rate");
    }

    #[test]
    fn times_have_units() {
        assert_eq!(seconds("1.50m"), Some(90.0));
        assert_eq!(seconds("2.00h"), Some(7200.0));
        assert_eq!(seconds("2.00"), None);
        assert_eq!(seconds("2.00d"), None);
    }
}
