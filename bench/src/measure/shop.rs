//! The system that is measured: one replica of each service, and beside the marketplace the one
//! that has a page for which it asks nobody.

use super::{Bench, Page};
use crate::{
    command_line::Failure, description::Service, ports::Ports, process::Process, services::Plan,
};

/// A running system.
#[derive(Debug)]
pub(super) struct Shop {
    // Callers first: that is the order in which they are dropped, too.
    fixed_shop: Option<(Process, Page)>,
    /// The marketplace.
    pub marketplace: Process,
    /// Recommendations.
    pub recommendations: Process,
    /// How the marketplace was started.
    pub pages: Plan,
    /// How recommendations was started.
    pub books: Plan,
    /// The homepage.
    pub home: Page,
}

/// What the first figures are called.
pub(super) const HOME: &str = "homepage, with its gRPC call";
const FIXED: &str = "the same page without a call";

impl Shop {
    /// Starts it, and waits until it has pages.
    pub async fn start(bench: &Bench<'_>) -> Result<Self, Failure> {
        bench.progress.now("starting the services");
        let failed = |error: crate::services::Error| Failure::of("the services", error);
        let services = &bench.description.services;
        let mut ports = Ports::default();
        let mut plan = |name, service: &Service, callees: &[&Plan]| {
            Plan::new(name, service, &mut ports, callees).map_err(failed)
        };
        let books = plan("recommendations", &services.recommendations, &[])?;
        let pages = plan("marketplace", &services.marketplace, &[&books])?;
        let recommendations = books.start(bench.folder).await.map_err(failed)?;
        let marketplace = pages.start_with_page(bench.folder).await.map_err(failed)?;
        let fixed_shop = match &bench.description.fixed_shop {
            None => None,
            Some(program) => {
                let service = Service {
                    program: program.clone(),
                    ..services.marketplace.clone()
                };
                let plan = plan("fixed-shop", &service, &[&books])?;
                let process = plan.start_with_page(bench.folder).await.map_err(failed)?;
                Some((process, page(FIXED, &plan, "/fixed")?))
            }
        };
        let home = page(HOME, &pages, "/")?;
        Ok(Self {
            fixed_shop,
            marketplace,
            recommendations,
            pages,
            books,
            home,
        })
    }

    /// The page for which nobody is asked.
    pub fn fixed(&self) -> Option<&Page> {
        self.fixed_shop.as_ref().map(|(_, page)| page)
    }

    /// Ends it in order.
    pub async fn end(self) -> Result<(), Failure> {
        let fixed_shop = self.fixed_shop.map(|(process, _)| process);
        let processes = [
            fixed_shop,
            Some(self.marketplace),
            Some(self.recommendations),
        ];
        for process in processes.into_iter().flatten() {
            let ended = process.terminate().await;
            ended.map_err(|error| Failure::of("the services' end", error))?;
        }
        Ok(())
    }
}

fn page(name: &str, plan: &Plan, path: &str) -> Result<Page, Failure> {
    let url = format!("http://{}{path}", plan.address);
    Page::new(name, &url).map_err(|error| Failure::of(name, error))
}
