//! The templates: read and tried at the start, rendered for each page.
//!
//! A file that does not parse, or a variable that does not exist, would show only when its page
//! is asked for; so every page is rendered once before the first visitor.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Response};
use serde::Serialize;
use tera::{Context, Tera, TeraResult};

use crate::failure::one_line;
use crate::pages::ShelfView;
use crate::problem::ProblemView;

/// What the names of template files end with; a template's name is what is before it.
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

/// The templates, in Rocket's managed state.
#[derive(Debug)]
pub struct Templates(Tera);

impl Templates {
    /// Reads the templates of a folder and renders each page once.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read, or a template is missing or wrong.
    pub fn read(folder: &Path) -> Result<Self, Error> {
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
        // Everything is escaped, whatever a template is called.
        tera.autoescape_on([""]);
        let tried = tera.add_template_files(files).and_then(|()| {
            let templates = Self(tera);
            templates.text(ShelfView::TEMPLATE, &ShelfView::sample())?;
            templates.text(ProblemView::TEMPLATE, &ProblemView::sample())?;
            Ok(templates)
        });
        tried.map_err(|source| Error::Bad {
            folder: folder.to_owned(),
            source,
        })
    }

    fn text(&self, template: &str, view: &impl Serialize) -> TeraResult<String> {
        self.0.render(template, &Context::from_serialize(view)?)
    }
}

/// The answer to `request` that shows `view`.
///
/// # Errors
///
/// 500 when the template cannot be rendered; the log says why.
pub fn render(
    request: &Request<'_>,
    template: &str,
    view: &impl Serialize,
) -> response::Result<'static> {
    let templates = request.rocket().state::<Templates>();
    let templates = templates.ok_or(Status::InternalServerError)?;
    let text = templates.text(template, view).map_err(|error| {
        tracing::error!(template, error = one_line(&error), "cannot be rendered");
        Status::InternalServerError
    })?;
    Response::build()
        .header(ContentType::HTML)
        .sized_body(text.len(), Cursor::new(text))
        .ok()
}
