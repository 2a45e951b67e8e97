//! The description of what is measured: a JSON file with the services as `nix/services.nix` has
//! them, each with its program, and, where there are any, the launcher and the images.
//!
//! `nix run .#bench` writes one with store paths; `cargo.json` is one for cargo's target folder.
//! A relative path counts from the file's own folder.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("--system {file}: {source}")]
    Read {
        /// The file as it was named.
        file: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// It is not JSON, or lacks something.
    #[error("--system {file}: {source}")]
    Parse {
        /// The file as it was named.
        file: String,
        /// The cause, with line and column.
        source: serde_json::Error,
    },
}

/// What is measured.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// The services.
    pub services: Services,
    /// The program that is the marketplace with `/fixed` as one more page.
    pub fixed_shop: Option<PathBuf>,
    /// The launcher of the stack.
    pub stack: Option<PathBuf>,
    /// The images, by the names of their services.
    #[serde(default)]
    pub images: BTreeMap<String, Image>,
}

/// The two services.
#[derive(Clone, Debug, Deserialize)]
pub struct Services {
    /// The pages.
    pub marketplace: Service,
    /// The books.
    pub recommendations: Service,
}

/// One service: its program, and the variables that tell it what to do.
#[derive(Clone, Debug, Deserialize)]
pub struct Service {
    /// The program.
    pub program: PathBuf,
    /// The variable of the address to listen on.
    pub address: String,
    /// Its ports.
    pub ports: BTreeMap<String, Port>,
    /// How its health is asked.
    pub health: Health,
    /// The files that it reads.
    pub files: BTreeMap<String, ReadFile>,
    /// Whom it calls.
    pub calls: BTreeMap<String, Call>,
}

/// A port.
#[derive(Clone, Debug, Deserialize)]
pub struct Port {
    /// The variable that it is told by.
    pub variable: String,
}

/// How a service's health is asked.
#[derive(Clone, Debug, Deserialize)]
pub struct Health {
    /// The name of the port that it is asked on: the service's main one.
    pub port: String,
}

/// A file or folder that a service reads.
#[derive(Clone, Debug, Deserialize)]
pub struct ReadFile {
    /// The variable that it is told by.
    pub variable: String,
    /// Where it is.
    pub source: PathBuf,
}

/// A service that another one calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The variable of its addresses.
    pub host_variable: String,
}

/// An image.
#[derive(Clone, Debug, Deserialize)]
pub struct Image {
    /// Its OCI layout.
    pub layout: PathBuf,
    /// The derivations that a change of the program builds again, in their order.
    pub steps: Vec<PathBuf>,
}

impl Description {
    /// Reads a file.
    ///
    /// # Errors
    /// When the file cannot be read or is no description.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let name = || file.display().to_string();
        let json = fs::read(file).map_err(|source| Error::Read {
            file: name(),
            source,
        })?;
        let mut description: Self =
            serde_json::from_slice(&json).map_err(|source| Error::Parse {
                file: name(),
                source,
            })?;
        let folder = file.parent().unwrap_or(Path::new(""));
        for path in description.paths() {
            *path = folder.join(path.as_path());
        }
        Ok(description)
    }

    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Services {
            marketplace,
            recommendations,
        } = &mut self.services;
        let services = [marketplace, recommendations].into_iter();
        let of_services = services.flat_map(|service| {
            let files = service.files.values_mut().map(|file| &mut file.source);
            files.chain([&mut service.program])
        });
        let of_images = self
            .images
            .values_mut()
            .flat_map(|image| image.steps.iter_mut().chain([&mut image.layout]));
        of_services
            .chain(of_images)
            .chain(&mut self.fixed_shop)
            .chain(&mut self.stack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_for_cargo_is_read_and_counts_from_its_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let description = Description::read(&folder.join("cargo.json")).unwrap();
        let shop = &description.services.marketplace;
        assert_eq!(shop.program, folder.join("../target/release/marketplace"));
        assert!(shop.files["templates"].source.is_dir());
        let books = &description.services.recommendations;
        assert!(books.files["catalogue"].source.is_file());
        assert!(books.ports.contains_key(&books.health.port));
    }

    #[test]
    fn what_is_wrong_is_said_with_the_file_and_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("system.json");
        let error = Description::read(&file).unwrap_err().to_string();
        assert!(error.contains("system.json: No such file"), "{error}");
        fs::write(&file, "{\n}").unwrap();
        let error = Description::read(&file).unwrap_err().to_string();
        assert!(
            error.ends_with("missing field `services` at line 2 column 1"),
            "{error}"
        );
    }
}
