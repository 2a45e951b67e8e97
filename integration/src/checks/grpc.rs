//! What a gRPC client sees.

use std::collections::BTreeSet;

use recommendations_proto::{BookCategory, CATEGORIES, SERVICE_NAME};
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use super::{Check, Outcome, equal};
use crate::system::System;

pub(super) const CHECKS: &[Check] = &[
    ("recommend-every-category", |system| {
        Box::pin(every_category(system))
    }),
    ("recommend-one", |system| Box::pin(count(system, 1, 1))),
    ("recommend-none", |system| Box::pin(count(system, 0, 0))),
    ("recommend-more-than-there-are", |system| {
        Box::pin(more_than_there_are(system))
    }),
    ("recommend-negative", |system| {
        Box::pin(refused(system, 0, -1, Code::InvalidArgument, "max_results"))
    }),
    ("recommend-unknown-category", |system| {
        Box::pin(refused(system, 99, 1, Code::NotFound, "Category not found"))
    }),
    ("grpc-health", |system| Box::pin(health(system, ""))),
    ("grpc-health-of-service", |system| {
        Box::pin(health(system, SERVICE_NAME))
    }),
    ("grpc-health-of-unknown", |system| {
        Box::pin(health_of_unknown(system))
    }),
    ("grpc-reflection", |system| Box::pin(reflection(system))),
];

async fn every_category(system: System) -> Outcome {
    for category in CATEGORIES {
        let books = system.recommend(category.into(), 3).await;
        let books = books.map_err(|status| format!("{category:?}: {status}"))?;
        let ids: BTreeSet<_> = books.iter().map(|book| book.id).collect();
        equal(&format!("the number of {category:?} books"), ids.len(), 3)?;
        if books.iter().any(|book| book.title.is_empty()) {
            return Err(format!("a {category:?} book has no title: {books:?}"));
        }
    }
    Ok(())
}

async fn count(system: System, asked: i32, expected: usize) -> Outcome {
    let books = system.recommend(BookCategory::Mystery.into(), asked).await;
    let books = books.map_err(|status| status.to_string())?;
    equal("the number of books", books.len(), expected)
}

/// All that there are, none of them twice.
async fn more_than_there_are(system: System) -> Outcome {
    let mystery = BookCategory::Mystery.into();
    let books = system.recommend(mystery, i32::MAX).await;
    let books = books.map_err(|status| status.to_string())?;
    let ids: BTreeSet<_> = books.iter().map(|book| book.id).collect();
    equal("the number of different books", ids.len(), books.len())?;
    if books.len() < 3 {
        return Err(format!("only {} books", books.len()));
    }
    Ok(())
}

async fn refused(
    system: System,
    category: i32,
    max_results: i32,
    code: Code,
    message: &'static str,
) -> Outcome {
    let status = match system.recommend(category, max_results).await {
        Ok(books) => return Err(format!("answered with {} books", books.len())),
        Err(status) => status,
    };
    equal("the code", status.code(), code)?;
    if status.message().contains(message) {
        Ok(())
    } else {
        Err(format!("{:?} does not say {message:?}", status.message()))
    }
}

async fn health(system: System, service: &'static str) -> Outcome {
    let service = service.to_owned();
    let request = HealthCheckRequest { service };
    let response = HealthClient::new(system.grpc()).check(request).await;
    let response = response.map_err(|status| status.to_string())?;
    let status = response.into_inner().status();
    equal("the status", status, ServingStatus::Serving)
}

async fn health_of_unknown(system: System) -> Outcome {
    let service = "Unknown".to_owned();
    let request = HealthCheckRequest { service };
    match HealthClient::new(system.grpc()).check(request).await {
        Ok(response) => Err(format!("answered {:?}", response.into_inner().status())),
        Err(status) => equal("the code", status.code(), Code::NotFound),
    }
}

async fn reflection(system: System) -> Outcome {
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(system.grpc());
    let answers = client
        .server_reflection_info(tokio_stream::once(request))
        .await;
    let mut answers = answers.map_err(|status| status.to_string())?.into_inner();
    let answer = answers
        .message()
        .await
        .map_err(|status| status.to_string())?;
    match answer.and_then(|answer| answer.message_response) {
        Some(MessageResponse::ListServicesResponse(list)) => {
            let names: Vec<_> = list
                .service
                .into_iter()
                .map(|service| service.name)
                .collect();
            if names.iter().any(|name| name == SERVICE_NAME) {
                return Ok(());
            }
            Err(format!("{SERVICE_NAME} is not among {names:?}"))
        }
        other => Err(format!("no list of services, but {other:?}")),
    }
}
