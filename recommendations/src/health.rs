//! The probe behind `recommendations health`: asks a running server for its health.

use std::{error::Error, net::SocketAddr, time::Duration};

use tonic::transport::Endpoint;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

/// How long the whole probe may take.
const DEADLINE: Duration = Duration::from_secs(2);

/// Why the server is not healthy.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Nobody answers there, or no gRPC server with health.
    #[error("{address} does not answer: {cause}")]
    NoAnswer {
        /// Where the probe asked.
        address: SocketAddr,
        /// The cause.
        cause: String,
    },
    /// The server itself says that it is not serving.
    #[error("{address} is {status}")]
    NotServing {
        /// Where the probe asked.
        address: SocketAddr,
        /// Its status as grpc.health.v1 names it.
        status: &'static str,
    },
}

/// Asks the server at `address` for its overall health.
///
/// # Errors
/// When there is no answer within two seconds, or another one than SERVING.
pub async fn probe(address: SocketAddr) -> Result<(), ProbeError> {
    let no_answer = |cause| ProbeError::NoAnswer { address, cause };
    let status = tokio::time::timeout(DEADLINE, ask(address))
        .await
        .map_err(|_| no_answer(format!("no answer within {} s", DEADLINE.as_secs())))?
        .map_err(|error| no_answer(root_cause(error.as_ref())))?;
    match status {
        ServingStatus::Serving => Ok(()),
        status => Err(ProbeError::NotServing {
            address,
            status: status.as_str_name(),
        }),
    }
}

async fn ask(address: SocketAddr) -> Result<ServingStatus, Box<dyn Error>> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?
        .connect()
        .await?;
    let request = HealthCheckRequest::default();
    let response = HealthClient::new(channel).check(request).await?;
    Ok(response.into_inner().status())
}

/// The innermost cause: tonic's outer ones only say "transport error".
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
