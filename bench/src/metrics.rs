//! Reads a service's `/metrics`: Prometheus' text, of which only totals are of interest.

use std::net::SocketAddr;

use crate::http;

/// The metrics cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer.
    #[error("http://{0}/metrics: {1}")]
    NoAnswer(SocketAddr, http::Error),
    /// An answer without metrics.
    #[error("http://{0}/metrics answers {1}")]
    Status(SocketAddr, ::http::StatusCode),
    /// A line that is no sample.
    #[error("/metrics has the line {0:?}, which is no sample")]
    Line(String),
}

/// The metrics of a service at one moment.
#[derive(Debug)]
pub struct Metrics(String);

impl Metrics {
    /// Reads those of the service that has them at `address`.
    ///
    /// # Errors
    /// When there is no answer with status 200.
    pub async fn read(address: SocketAddr) -> Result<Self, Error> {
        let answer = http::get(&address.to_string(), "/metrics").await;
        let answer = answer.map_err(|error| Error::NoAnswer(address, error))?;
        if answer.status != ::http::StatusCode::OK {
            return Err(Error::Status(address, answer.status));
        }
        Ok(Self(String::from_utf8_lossy(&answer.body).into_owned()))
    }

    /// The sum of the samples of `name` that have all of `labels`; 0 where there is none.
    ///
    /// # Errors
    /// When a line of that name has no number.
    pub fn total(&self, name: &str, labels: &[(&str, &str)]) -> Result<u64, Error> {
        let labels: Vec<_> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{value}\""))
            .collect();
        let mut total = 0;
        for line in self.0.lines() {
            let Some(rest) = line.strip_prefix(name) else {
                continue;
            };
            // Else it is the name of another metric that begins alike.
            if !rest.starts_with(['{', ' ']) {
                continue;
            }
            let unreadable = || Error::Line(line.to_owned());
            let (having, value) = rest.rsplit_once(' ').ok_or_else(unreadable)?;
            if labels.iter().all(|label| having.contains(label.as_str())) {
                total += value.parse::<u64>().map_err(|_| unreadable())?;
            }
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# HELP grpc_server_handled RPCs completed
# TYPE grpc_server_handled counter
grpc_server_handled_total{grpc_service="Recommendations",grpc_method="Recommend",grpc_code="OK"} 40
grpc_server_handled_total{grpc_service="Recommendations",grpc_method="Recommend",grpc_code="Internal"} 2
grpc_server_handled_total{grpc_service="grpc.health.v1.Health",grpc_method="Check",grpc_code="OK"} 5
grpc_server_handled_total_other{grpc_code="OK"} 100
http_requests_in_flight 3
# EOF
"#;

    #[test]
    fn samples_are_added_up_by_name_and_labels() {
        let metrics = Metrics(TEXT.to_owned());
        let total = |labels: &[(&str, &str)]| {
            let total = metrics.total("grpc_server_handled_total", labels);
            total.unwrap()
        };
        let method = ("grpc_method", "Recommend");
        assert_eq!(total(&[]), 47);
        assert_eq!(total(&[method]), 42);
        assert_eq!(total(&[method, ("grpc_code", "OK")]), 40);
        assert_eq!(total(&[("grpc_code", "NotFound")]), 0);
        assert_eq!(metrics.total("http_requests_in_flight", &[]).unwrap(), 3);
    }

    #[test]
    fn a_line_without_a_number_is_an_error() {
        let metrics = Metrics("broken_total{a=\"b\"} many\n".to_owned());
        let error = metrics.total("broken_total", &[]).unwrap_err().to_string();
        assert!(error.contains("many"), "{error}");
    }
}
