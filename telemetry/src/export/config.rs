//! Reads the variables that decide whether and where to spans are exported, and refuses what
//! cannot work. The OpenTelemetry library reads those that only tune, after a look at them here:
//! it takes its default for a number that it cannot read.

use std::time::Duration;

use http::Uri;
use http::uri::Scheme;

use super::sampler::{Sampler, Unknown};

/// How an endpoint is written.
const EXPECTED: &str = "expected http://HOST:PORT, as in http://localhost:4317";

/// What the library reads as a number, of spans or of milliseconds.
const NUMBERS: [&str; 6] = [
    "OTEL_BSP_MAX_CONCURRENT_EXPORTS",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_EXPORTER_OTLP_TIMEOUT",
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
];
/// The largest of them: a queue takes its memory at the start.
const MOST: u64 = 1_000_000;

/// Spans cannot be exported as asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A variable holds what cannot be used.
    #[error("{variable}={value:?}: {problem}")]
    Variable {
        /// Its name.
        variable: &'static str,
        /// What it holds.
        value: String,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// The machine does not let spans be exported.
    #[error("spans cannot be exported: {0}")]
    Thread(#[from] std::io::Error),
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Config {
    /// The variable that names the collector,
    pub variable: &'static str,
    /// and its URL.
    pub endpoint: String,
    pub sampler: Sampler,
    /// Longest time of one export, all its attempts and the way to the collector included.
    pub limit: Duration,
}

/// Reads the environment through `variable`; `None` where nothing is to be exported.
pub(super) fn read(
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<Option<Config>, Error> {
    // The specification: an empty value is an unset one.
    let set = |name| {
        let value = variable(name)?.trim().to_owned();
        (!value.is_empty()).then_some((name, value))
    };
    let is = |name, word| set(name).is_some_and(|(_, value)| value.eq_ignore_ascii_case(word));
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return Ok(None);
    }
    let endpoint =
        set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").or_else(|| set("OTEL_EXPORTER_OTLP_ENDPOINT"));
    let Some((name, value)) = endpoint else {
        return Ok(None);
    };
    endpoint_problem(&value).map_or(Ok(()), |problem| Err(bad(name, &value, problem)))?;

    let protocol =
        set("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL").or_else(|| set("OTEL_EXPORTER_OTLP_PROTOCOL"));
    if let Some((name, value)) = protocol
        && value != "grpc"
    {
        let problem = "this program speaks grpc alone; leave the variable out, and name the \
                       collector's gRPC port, mostly 4317, in the endpoint";
        return Err(bad(name, &value, problem));
    }
    for name in NUMBERS {
        number(name, variable(name))?;
    }
    Ok(Some(Config {
        variable: name,
        endpoint: value,
        sampler: sampler(set)?,
        limit: limit(set("OTEL_BSP_EXPORT_TIMEOUT"))?,
    }))
}

/// Why no span can be sent there.
fn endpoint_problem(endpoint: &str) -> Option<String> {
    let Ok(uri) = endpoint.parse::<Uri>() else {
        return Some(format!("not a URL; {EXPECTED}"));
    };
    let problem = match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => {
            "this program speaks no TLS; name a collector inside the network, which may go on \
             with TLS"
        }
        _ if uri.host().is_none_or(str::is_empty) => "no host",
        Some(scheme) if *scheme == Scheme::HTTP => match uri.path() {
            "" | "/" if uri.query().is_none() => return None,
            _ => "gRPC has no path; the port is the collector's gRPC one, mostly 4317",
        },
        _ => "not an http:// URL",
    };
    Some(format!("{problem}; {EXPECTED}"))
}

fn sampler(set: impl Fn(&'static str) -> Option<(&'static str, String)>) -> Result<Sampler, Error> {
    let Some((name, value)) = set("OTEL_TRACES_SAMPLER") else {
        return Ok(Sampler::default());
    };
    let argument = set("OTEL_TRACES_SAMPLER_ARG");
    let part = argument.as_ref().map(|(_, part)| part.as_str());
    Sampler::read(&value, part).map_err(|unknown| match (unknown, &argument) {
        (Unknown::Argument, Some((name, part))) => bad(name, part, "expected a number from 0 to 1"),
        _ => bad(
            name,
            &value,
            "expected always_on, always_off, traceidratio, or one of them with parentbased_ \
             before it",
        ),
    })
}

/// Refuses what the library would pass over, spaces around a number included.
fn number(name: &'static str, value: Option<String>) -> Result<(), Error> {
    let Some(value) = value.filter(|value| !value.trim().is_empty()) else {
        return Ok(());
    };
    match value.parse() {
        Ok(1..=MOST) => Ok(()),
        _ => {
            let problem = format!("expected a whole number from 1 to {MOST}, without spaces");
            Err(bad(name, &value, problem))
        }
    }
}

/// The longest time of one export, 30 s where nothing is said.
fn limit(set: Option<(&'static str, String)>) -> Result<Duration, Error> {
    let milliseconds = match set {
        None => 30_000,
        Some((name, value)) => value
            .parse()
            .map_err(|_| bad(name, &value, "expected a number of milliseconds"))?,
    };
    Ok(Duration::from_millis(milliseconds))
}

pub(super) fn bad(variable: &'static str, value: &str, problem: impl Into<String>) -> Error {
    Error::Variable {
        variable,
        value: value.to_owned(),
        problem: problem.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    const HERE: &str = "http://localhost:4317";

    fn config(variables: &[(&str, &str)]) -> Result<Option<Config>, Error> {
        let value = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        read(value)
    }

    #[test]
    fn nothing_is_exported_without_an_endpoint_or_when_told_so() {
        let off: [&[(&str, &str)]; 5] = [
            &[],
            &[(ENDPOINT, ""), (TRACES, " ")],
            &[(ENDPOINT, HERE), ("OTEL_SDK_DISABLED", "True")],
            &[(ENDPOINT, HERE), ("OTEL_TRACES_EXPORTER", "none")],
            &[(ENDPOINT, "nonsense"), ("OTEL_SDK_DISABLED", "true")],
        ];
        for variables in off {
            assert_eq!(config(variables).unwrap(), None, "{variables:?}");
        }
    }

    #[test]
    fn the_endpoint_of_traces_goes_before_the_one_of_everything() {
        let read = |variables| config(variables).unwrap().unwrap();
        let one = read(&[(ENDPOINT, " http://[::1]:4317/ ")]);
        let expected = Config {
            variable: ENDPOINT,
            endpoint: "http://[::1]:4317/".to_owned(),
            sampler: Sampler::default(),
            limit: Duration::from_secs(30),
        };
        assert_eq!(one, expected);
        let both = read(&[(ENDPOINT, "nonsense"), (TRACES, HERE)]);
        assert_eq!((both.variable, &*both.endpoint), (TRACES, HERE));
    }

    #[test]
    fn what_cannot_work_is_named_with_the_way_out() {
        let cases = [
            (ENDPOINT, "localhost:4317", "not an http:// URL"),
            (ENDPOINT, "http://", "not a URL"),
            (ENDPOINT, "http://:4317", "no host"),
            (ENDPOINT, "unix:///collector", "not"),
            (TRACES, "a b", "not a URL"),
            (TRACES, "https://localhost:4317", "no TLS"),
            (TRACES, "http://localhost:4318/v1/traces", "no path"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "grpc alone"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "grpc"),
            ("OTEL_TRACES_SAMPLER", "sometimes", "parentbased_"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "1s", "milliseconds"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "many", "1 to 1000000"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "99999999999", "1 to 1000000"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0", "1 to 1000000"),
            ("OTEL_BSP_SCHEDULE_DELAY", "5s", "1 to 1000000"),
            ("OTEL_BSP_MAX_CONCURRENT_EXPORTS", "-1", "1 to 1000000"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10 ", "without spaces"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0.5", "1 to 1000000"),
        ];
        for (variable, value, part) in cases {
            // The first of a name counts.
            let variables = [(variable, value), (ENDPOINT, HERE)];
            let line = config(&variables).unwrap_err().to_string();
            let start = format!("{variable}={value:?}: ");
            assert!(line.starts_with(&start) && line.contains(part), "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
        let sampler = ("OTEL_TRACES_SAMPLER", "traceidratio");
        let argument = ("OTEL_TRACES_SAMPLER_ARG", "2");
        let error = config(&[(ENDPOINT, HERE), sampler, argument]).unwrap_err();
        assert!(error.to_string().starts_with("OTEL_TRACES_SAMPLER_ARG"));
    }

    #[test]
    fn what_can_work_is_taken() {
        let variables = [
            (ENDPOINT, HERE),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_TRACES_SAMPLER", "always_off"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "250"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "4096"),
            ("OTEL_BSP_SCHEDULE_DELAY", ""),
        ];
        let config = config(&variables).unwrap().unwrap();
        assert_eq!(config.sampler, Sampler::read("always_off", None).unwrap());
        assert_eq!(config.limit, Duration::from_millis(250));
    }
}
