//! The `Recommendations` service: checks a request, answers from the catalogue.

use std::sync::Arc;

use recommendations_proto::{
    BookCategory, RecommendationRequest, RecommendationResponse,
    recommendations_server::Recommendations,
};
use tonic::{Request, Response, Status};

use crate::catalogue::Catalogue;

/// Recommends books of one catalogue, at random: every call is a fresh sample.
#[derive(Debug, Clone)]
pub struct Recommender {
    catalogue: Arc<Catalogue>,
}

impl Recommender {
    /// A service that recommends from `catalogue`.
    pub fn new(catalogue: Catalogue) -> Self {
        let catalogue = Arc::new(catalogue);
        Self { catalogue }
    }
}

#[tonic::async_trait]
impl Recommendations for Recommender {
    async fn recommend(
        &self,
        request: Request<RecommendationRequest>,
    ) -> Result<Response<RecommendationResponse>, Status> {
        let request = request.into_inner();
        let count = usize::try_from(request.max_results).map_err(|_| {
            let asked = request.max_results;
            Status::invalid_argument(format!("max_results must not be negative, it is {asked}"))
        })?;
        let recommendations = BookCategory::try_from(request.category)
            .ok()
            .and_then(|category| self.catalogue.sample(category, count, &mut rand::rng()))
            .ok_or_else(|| Status::not_found("Category not found"))?;
        Ok(Response::new(RecommendationResponse { recommendations }))
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    async fn recommend(category: i32, max_results: i32) -> Result<usize, Status> {
        let service = Recommender::new(Catalogue::load(None).unwrap());
        let request = Request::new(RecommendationRequest {
            user_id: 1,
            category,
            max_results,
        });
        let response = service.recommend(request).await?;
        Ok(response.into_inner().recommendations.len())
    }

    #[tokio::test]
    async fn one_mystery_book_for_user_1() {
        let books = recommend(BookCategory::Mystery as i32, 1).await;
        assert_eq!(books.unwrap(), 1);
    }

    #[tokio::test]
    async fn more_than_there_are_gives_all() {
        let books = recommend(BookCategory::SelfHelp as i32, i32::MAX).await;
        assert_eq!(books.unwrap(), 3);
    }

    #[tokio::test]
    async fn none_asked_gives_none() {
        let books = recommend(BookCategory::Mystery as i32, 0).await;
        assert_eq!(books.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_negative_count_is_an_invalid_argument() {
        let status = recommend(BookCategory::Mystery as i32, -1).await;
        let status = status.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(
            status.message(),
            "max_results must not be negative, it is -1"
        );
    }

    #[tokio::test]
    async fn an_unknown_category_is_not_found() {
        let status = recommend(3, 1).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound);
        assert_eq!(status.message(), "Category not found");
    }
}
