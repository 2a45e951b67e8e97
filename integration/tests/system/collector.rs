//! An OpenTelemetry collector in the test's own process, which keeps what it is sent.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::Span,
};
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

/// A span as it came.
#[derive(Clone, Debug)]
pub struct Sent {
    pub span: Span,
    /// What it says of its sender.
    pub resource: Vec<KeyValue>,
    /// The header `x-tenant` that it came with.
    pub tenant: Option<String>,
}

/// The text of an attribute; of a number, its digits.
pub fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let attribute = attributes.iter().find(|it| it.key == key)?;
    match &attribute.value {
        Some(AnyValue {
            value: Some(Value::StringValue(text)),
        }) => Some(text.clone()),
        Some(AnyValue {
            value: Some(Value::IntValue(number)),
        }) => Some(number.to_string()),
        other => panic!("{key} is {other:?}"),
    }
}

/// A collector that runs for as long as the test's runtime.
pub struct Collector {
    /// Where spans are to be sent.
    pub endpoint: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

struct Keeper(Arc<Mutex<Vec<Sent>>>);

#[tonic::async_trait]
impl TraceService for Keeper {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let tenant = request.metadata().get("x-tenant");
        let tenant = tenant.map(|value| value.to_str().unwrap().to_owned());
        let mut sent = self.0.lock().unwrap();
        for of_resource in request.into_inner().resource_spans {
            let resource = of_resource.resource.unwrap().attributes;
            let scopes = of_resource.scope_spans.into_iter();
            sent.extend(scopes.flat_map(|scope| scope.spans).map(|span| Sent {
                span,
                resource: resource.clone(),
                tenant: tenant.clone(),
            }));
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Collector {
    /// Starts on a free port.
    pub fn start() -> Self {
        let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).unwrap();
        let endpoint = format!("http://{}", incoming.local_addr().unwrap());
        let sent = Arc::default();
        let service = TraceServiceServer::new(Keeper(Arc::clone(&sent)));
        let server = Server::builder().add_service(service);
        tokio::spawn(server.serve_with_incoming(incoming));
        Self { endpoint, sent }
    }

    /// Every span so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }
}
