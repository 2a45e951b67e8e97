//! The static files: read into memory at the start, served under a name that says their version.
//!
//! A page links to `/static/NAME?v=HASH`, and an answer to that very address may be kept for a
//! year: other bytes have another address. During a rolling update a page of the new version may
//! ask a pod of the old one; that answer may be kept for a minute only.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use rocket::State;
use rocket::http::{ContentType, Header};
use rocket::response::Responder;

/// A file of the page frame; the program cannot do without.
const REQUIRED: [&str; 2] = ["style.css", "favicon.svg"];

/// The static files cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or a file in it.
    #[error("ROCKET_STATIC_DIR (--static-dir): cannot read {path:?}: {source}")]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The folder lacks a file that every page links to.
    #[error("ROCKET_STATIC_DIR (--static-dir): there is no {name} in {folder:?}")]
    Missing {
        /// Where it was looked for.
        folder: PathBuf,
        /// The file's name.
        name: &'static str,
    },
}

/// The files, by name.
#[derive(Debug)]
pub struct Assets(BTreeMap<String, Asset>);

#[derive(Debug)]
struct Asset {
    content_type: ContentType,
    bytes: Vec<u8>,
    version: String,
}

impl Assets {
    /// Reads every file of a folder, without its subfolders.
    ///
    /// # Errors
    ///
    /// When the folder or a file cannot be read, or one that every page needs is not there.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::Unreadable { path, source }
        };
        let mut files = BTreeMap::new();
        for entry in folder.read_dir().map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            if !path.is_file() {
                continue;
            }
            let bytes = std::fs::read(&path).map_err(unreadable(&path))?;
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            let extension = path.extension().unwrap_or_default().to_string_lossy();
            let asset = Asset {
                content_type: ContentType::from_extension(&extension)
                    .unwrap_or(ContentType::Binary),
                bytes,
                version: format!("{:016x}", hasher.finish()),
            };
            if let Some(name) = path.file_name() {
                files.insert(name.to_string_lossy().into_owned(), asset);
            }
        }
        match REQUIRED.into_iter().find(|name| !files.contains_key(*name)) {
            Some(name) => Err(Error::Missing {
                folder: folder.to_owned(),
                name,
            }),
            None => Ok(Self(files)),
        }
    }

    /// The address of a file in its present version.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        let version = self.0.get(name).map_or("", |asset| &asset.version);
        format!("/static/{name}?v={version}")
    }
}

/// A static file's answer.
#[derive(Responder)]
pub struct Served<'a> {
    bytes: &'a [u8],
    content_type: ContentType,
    cache: Header<'static>,
    sniff: Header<'static>,
}

/// A static file.
#[rocket::get("/static/<name>?<v>")]
pub fn file<'a>(name: &str, v: Option<&str>, assets: &'a State<Assets>) -> Option<Served<'a>> {
    let asset = assets.0.get(name)?;
    let cache = if v == Some(&asset.version) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=60"
    };
    Some(Served {
        bytes: &asset.bytes,
        content_type: asset.content_type.clone(),
        cache: Header::new("Cache-Control", cache),
        sniff: Header::new("X-Content-Type-Options", "nosniff"),
    })
}
