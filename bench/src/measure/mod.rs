//! The figures of the system, a file a topic.

mod homepage;
mod image_step;
mod page;
mod rpc;
mod scrape;
mod shop;
mod sizes;
mod start;

use std::path::Path;

pub use page::Page;

use crate::{
    command_line::Failure, description::Description, figures::Figure, progress::Progress, tool,
};

/// How much is done for a figure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds, each with a value of its own.
    pub rounds: usize,
    /// Seconds of load in one of them.
    pub seconds: u32,
}

/// What every measurement gets.
#[derive(Debug)]
pub struct Bench<'a> {
    /// What is measured.
    pub description: &'a Description,
    /// How much.
    pub effort: Effort,
    /// Where logs go.
    pub folder: &'a Path,
    /// Where the present step is said.
    pub progress: &'a Progress,
}

impl Bench<'_> {
    /// Measures everything, and the homepage against that of another system, where there is one.
    ///
    /// # Errors
    /// When something cannot be measured that should: answers that are none, a service that ends.
    pub async fn all(&self, other: Option<&Page>) -> Result<Vec<Figure>, Failure> {
        if let Some(other) = other {
            other.must_answer().await?;
        }
        if tool::find("wrk").is_none() {
            let why = "not on PATH (Debian's package wrk; `nix run .#bench` brings it)";
            return Err(Failure::of("wrk", why));
        }
        let mut figures = Vec::new();
        {
            let shop = shop::Shop::start(self).await?;
            figures.extend(homepage::figures(self, &shop).await?);
            if let Some(other) = other {
                figures.extend(homepage::against(self, &shop, other).await?);
            }
            // After the homepage, whose peak of memory is its own.
            figures.extend(scrape::figures(self, &shop).await?);
            figures.push(rpc::figure(self, &shop).await?);
            self.progress.now("ending the services");
            shop.end().await?;
        }
        figures.push(start::figure(self).await?);
        figures.extend(sizes::figures(self)?);
        figures.extend(image_step::figures(self).await?);
        Ok(figures)
    }

    /// Says which round of what is under way.
    fn round(&self, what: &str, round: usize) {
        let of = self.effort.rounds;
        self.progress
            .now(&format!("{what}, round {} of {of}", round + 1));
    }
}
