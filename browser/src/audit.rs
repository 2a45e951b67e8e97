//! The audit: every page, on a phone and on a desktop, in light and in dark.

use std::{fs, path::PathBuf};

use http::StatusCode;

use crate::{
    axe, console,
    look::{self, Look},
    session::{Screen, Session},
    webdriver::Error,
};

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Passed,
    /// With what is wrong.
    Failed(String),
    /// It could not be done, for this reason.
    Skipped(String),
}

impl From<Result<(), String>> for Outcome {
    fn from(result: Result<(), String>) -> Self {
        result.map_or_else(Self::Failed, |()| Self::Passed)
    }
}

/// A page, and what has to be there.
struct Page {
    name: &'static str,
    path: &'static str,
    status: StatusCode,
    books: usize,
}

const fn page(name: &'static str, path: &'static str, status: StatusCode, books: usize) -> Page {
    Page {
        name,
        path,
        status,
        books,
    }
}

const PAGES: [Page; 6] = [
    page("home", "/", StatusCode::OK, 3),
    page(
        "science-fiction",
        "/categories/science-fiction",
        StatusCode::OK,
        3,
    ),
    page("self-help", "/categories/self-help", StatusCode::OK, 3),
    page("another-user", "/?user=2", StatusCode::OK, 3),
    page("not-found", "/nowhere", StatusCode::NOT_FOUND, 0),
    page("bad-query", "/?user=abc", StatusCode::BAD_REQUEST, 0),
];

/// Of a shop whose recommendations is not there.
const AWAY: Page = page("away", "/", StatusCode::SERVICE_UNAVAILABLE, 0);

const SCREENS: [Screen; 2] = [
    Screen {
        width: 360,
        height: 780,
        mobile: true,
    },
    Screen {
        width: 1280,
        height: 800,
        mobile: false,
    },
];

const SCHEMES: [&str; 2] = ["light", "dark"];

/// A browser in front of a shop.
#[derive(Debug)]
pub struct Audit {
    /// The browser.
    pub session: Session,
    /// Where the shop is, without a slash at the end.
    pub url: String,
    /// Where a shop is whose recommendations is not there, if there is one.
    pub away: Option<String>,
    /// axe-core's source, if there is one.
    pub axe: Option<String>,
    /// Where a picture of each view goes.
    pub pictures: Option<PathBuf>,
}

impl Audit {
    /// Does every check, one after the other, and hands each outcome to `report` as it is known.
    ///
    /// # Errors
    /// When the browser does not answer any more.
    pub async fn run(&self, mut report: impl FnMut(&str, Outcome)) -> Result<(), Error> {
        for page in &PAGES {
            self.page(&self.url, page, &mut report).await?;
        }
        match &self.away {
            Some(url) => self.page(url, &AWAY, &mut report).await?,
            None => {
                let why = "no shop without recommendations, give one with --away-url URL";
                report(AWAY.name, Outcome::Skipped(why.to_owned()));
            }
        }
        Ok(())
    }

    /// Looks at one page of the shop at `url` in every way.
    async fn page(
        &self,
        url: &str,
        page: &Page,
        mut report: impl FnMut(&str, Outcome),
    ) -> Result<(), Error> {
        let url = format!("{url}{}", page.path);
        for screen in SCREENS {
            let place = format!("{}-{}", page.name, screen.width);
            let mut backgrounds = Vec::new();
            for scheme in SCHEMES {
                let view = format!("{place}-{scheme}");
                let checks = |name: &str, outcome| report(&format!("{view}-{name}"), outcome);
                match self.view(&url, &view, page, screen, scheme, checks).await {
                    Ok(look) => backgrounds.push(look.background),
                    Err(Error::Refused(why)) => report(&view, Outcome::Failed(why)),
                    Err(gone @ Error::Gone(_)) => return Err(gone),
                }
            }
            report(&format!("{place}-schemes"), differ(&backgrounds).into());
        }
        Ok(())
    }

    /// Looks at one page in one way.
    async fn view(
        &self,
        url: &str,
        view: &str,
        page: &Page,
        screen: Screen,
        scheme: &str,
        mut report: impl FnMut(&str, Outcome),
    ) -> Result<Look, Error> {
        self.session.screen(screen, scheme).await?;
        self.session.load(url).await?;
        let look: Look = self.session.run(look::SCRIPT).await?;
        if let Some(folder) = &self.pictures {
            let picture = folder.join(format!("{view}.png"));
            fs::write(&picture, self.session.picture().await?)
                .map_err(|error| Error::Refused(format!("{}: {error}", picture.display())))?;
        }
        let console = console::check(self.session.console().await?, url, page.status);
        report("console", console.into());
        report("width", look.fits(screen.width).into());
        report("visible", look.visible(page.books).into());
        report("axe", self.accessible().await?);
        Ok(look)
    }

    /// axe-core's audit of the page that is shown. That the page's policy does not touch the audit
    /// is seen by what the console says of it: nothing.
    async fn accessible(&self) -> Result<Outcome, Error> {
        let Some(source) = &self.axe else {
            return Ok(Outcome::Skipped(
                "no axe-core, give its source with --axe FILE".to_owned(),
            ));
        };
        let findings = match self
            .session
            .run::<axe::Findings>(&axe::script(source))
            .await
        {
            Ok(findings) => findings,
            Err(Error::Refused(why)) => return Ok(Outcome::Failed(why)),
            Err(gone @ Error::Gone(_)) => return Err(gone),
        };
        let said = self.session.console().await?;
        let silent = console::check(said, &self.url, StatusCode::OK);
        let silent = silent.map_err(|said| format!("the audit is disturbed: {said}"));
        Ok(findings.check().and(silent).into())
    }
}

/// Light and dark are two colours.
fn differ(backgrounds: &[String]) -> Result<(), String> {
    match backgrounds {
        [light, dark] if light != dark => Ok(()),
        [light, _] => Err(format!("the background is {light} in light and in dark")),
        _ => Err("not seen in light and in dark".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_schemes_have_two_colours() {
        let [white, black] = ["white", "black"].map(str::to_owned);
        assert_eq!(differ(&[white.clone(), black.clone()]), Ok(()));
        for wrong in [vec![], vec![black.clone()], vec![white.clone(), white]] {
            assert!(differ(&wrong).is_err(), "{wrong:?}");
        }
    }
}
