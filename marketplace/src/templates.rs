//! Checks the templates before Rocket loads them: every file parses, every page renders.
//!
//! Rocket would say why a template is bad in several log lines and how it goes on in a panic;
//! and a variable that does not exist shows in Tera only when the page is asked for.

use std::path::{Path, PathBuf};

use rocket::fairing::Fairing;
use rocket_dyn_templates::Template;
use serde::Serialize;
use tera::{Context, Tera};

use crate::pages::ShelfView;
use crate::problem::ProblemView;

/// What the names of template files end with; Rocket names a template by what is before it.
const SUFFIX: &str = ".html.tera";

/// The templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be read.
    #[error("ROCKET_TEMPLATE_DIR (--template-dir): cannot read {folder:?}: {source}")]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A template does not parse or does not render.
    #[error("ROCKET_TEMPLATE_DIR (--template-dir): bad template in {folder:?}: {source}")]
    Bad {
        /// The folder.
        folder: PathBuf,
        /// What Tera says.
        source: tera::Error,
    },
}

/// Parses the templates of a folder and renders each page once.
///
/// # Errors
///
/// When the folder cannot be read, or a template is missing or wrong.
pub fn check(folder: &Path) -> Result<(), Error> {
    let unreadable = |source| Error::Unreadable {
        folder: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(name) = file.strip_suffix(SUFFIX) {
            let name = name.to_owned();
            files.push((path, Some(name)));
        }
    }
    let mut tera = Tera::default();
    let rendered = tera.add_template_files(files).and_then(|()| {
        render(&tera, ShelfView::TEMPLATE, &ShelfView::sample())?;
        render(&tera, ProblemView::TEMPLATE, &ProblemView::sample())
    });
    rendered.map_err(|source| Error::Bad {
        folder: folder.to_owned(),
        source,
    })
}

fn render(tera: &Tera, template: &str, view: &impl Serialize) -> tera::Result<()> {
    tera.render(template, &Context::from_serialize(view)?)?;
    Ok(())
}

/// What renders the pages, with everything escaped whatever a template file is called.
pub fn fairing() -> impl Fairing {
    Template::custom(|engines| engines.tera.autoescape_on(vec![""]))
}
