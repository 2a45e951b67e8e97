//! gRPC load from h2load (of nghttp2), and its report, read strictly.
//!
//! h2load sees HTTP statuses alone; whether the calls were answered well is in the service's own
//! metrics (`measure::rpc`).

use std::{path::Path, process::Command, time::Duration};

use crate::{
    process::{self, last_line},
    tool,
    wrk::CONNECTIONS,
};

/// How long one run may take.
const LIMIT: Duration = Duration::from_secs(60);

/// There is no figure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// h2load did not run.
    #[error(transparent)]
    Process(#[from] process::Error),
    /// h2load failed.
    #[error("h2load: {0}")]
    Failed(String),
    /// Not every call was answered.
    #[error("not every call was answered with a status of 2xx: {0}")]
    Calls(String),
    /// Not the report of the h2load that is known here.
    #[error("h2load's report has no line {0:?} that can be read")]
    Unknown(&'static str),
}

/// Makes `calls` unary calls of the method at `url`, each with the message frame in the file
/// `body`, from as many connections as wrk has, one call at a time on each. Gives calls a second.
///
/// # Errors
/// When a call was not answered over HTTP, or h2load did not run.
pub async fn run(url: &str, body: &Path, calls: u64, folder: &Path) -> Result<f64, Error> {
    let mut command = Command::new("h2load");
    command
        .args(["-t", "1", "-m", "1", "-c", &CONNECTIONS.to_string()])
        .args(["-n", &calls.to_string()])
        .args(["-H", "content-type: application/grpc", "-H", "te: trailers"])
        .arg("-d")
        .arg(body)
        .arg(url);
    let finished = tool::run("h2load", &mut command, folder, LIMIT).await?;
    if !finished.status.success() {
        return Err(Error::Failed(last_line(&finished.log)));
    }
    parse(&finished.out, calls)
}

/// Reads a report of so many calls.
fn parse(report: &str, calls: u64) -> Result<f64, Error> {
    let line = |start: &'static str| {
        let mut lines = report.lines();
        let rest = lines.find_map(|line| line.strip_prefix(start));
        rest.ok_or(Error::Unknown(start))
    };
    let rate = line("finished in ")?
        .split(", ")
        .find_map(|part| part.strip_suffix(" req/s"))
        .and_then(|rate| rate.parse().ok())
        .ok_or(Error::Unknown("finished in "))?;
    let requests = line("requests: ")?;
    let all = format!(
        "{calls} total, {calls} started, {calls} done, {calls} succeeded, \
         0 failed, 0 errored, 0 timeout"
    );
    if requests != all {
        return Err(Error::Calls(requests.to_owned()));
    }
    let statuses = line("status codes: ")?;
    if statuses != format!("{calls} 2xx, 0 3xx, 0 4xx, 0 5xx") {
        return Err(Error::Calls(statuses.to_owned()));
    }
    Ok(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "starting benchmark...
spawning thread #0: 16 total client(s). 2000 total requests
Application protocol: h2c
progress: 100% done

finished in 88.10ms, 22701.48 req/s, 2.51MB/s
requests: 2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 2000 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 226.41KB (231840) total, 4.03KB (4128) headers (space savings 98.21%), 160.97KB (164832) data
                     min         max         mean         sd        +/- sd
time for request:      208us      2.14ms       689us       165us    77.85%
";

    fn error(report: &str) -> String {
        parse(report, 2000).unwrap_err().to_string()
    }

    #[test]
    fn a_good_report_is_read() {
        assert_eq!(parse(GOOD, 2000).unwrap(), 22701.48);
    }

    #[test]
    fn calls_without_an_answer_are_no_figure() {
        // As h2load says it where nobody listens; it ends with 0 all the same.
        let report = "finished in 644us, 0.00 req/s, 0B/s
requests: 2000 total, 0 started, 0 done, 0 succeeded, 2000 failed, 2000 errored, 0 timeout
status codes: 0 2xx, 0 3xx, 0 4xx, 0 5xx
";
        assert!(error(report).contains("2000 errored"));
        let other = parse(GOOD, 1000).unwrap_err().to_string();
        assert!(other.contains("2000 total"), "{other}");
    }

    #[test]
    fn statuses_of_errors_are_no_figure() {
        let report = GOOD.replace("2000 2xx, 0 3xx, 0 4xx", "1999 2xx, 0 3xx, 1 4xx");
        assert!(error(&report).ends_with("1999 2xx, 0 3xx, 1 4xx, 0 5xx"));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert!(error("").contains("finished in"));
        assert!(error(&GOOD.replace("22701.48 req/s", "fast")).contains("finished in"));
        assert!(error(&GOOD.replace("status codes", "codes")).contains("status codes"));
    }
}
