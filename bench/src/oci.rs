//! Reads an image, an OCI layout: what its layers weigh, and what they are called.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

/// The layout cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of it cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// The file.
        file: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file of it is not what it should be.
    #[error("{file}: {source}")]
    Parse {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// It is not one image.
    #[error("{layout} has {images} images, expected one")]
    NotOne {
        /// The layout.
        layout: PathBuf,
        /// How many it has.
        images: usize,
    },
    /// The configuration tells of more or fewer layers than there are.
    #[error("{layout} has {layers} layers, but a history of {history}")]
    History {
        /// The layout.
        layout: PathBuf,
        /// How many layers there are.
        layers: usize,
        /// How many steps the history has.
        history: usize,
    },
}

/// An image, in bytes as they are pushed.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    /// The layers, from the lowest.
    pub layers: Vec<Layer>,
    /// The configuration.
    pub config: u64,
    /// The manifest.
    pub manifest: u64,
}

/// A layer.
#[derive(Debug, PartialEq, Eq)]
pub struct Layer {
    /// What made it, by the image's history.
    pub made_by: String,
    /// Its bytes, compressed.
    pub size: u64,
}

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Manifest {
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Config {
    history: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    created_by: String,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    size: u64,
}

impl Image {
    /// Reads the one image of a layout.
    ///
    /// # Errors
    /// When it is no layout, or not of one image with a history.
    pub fn read(layout: &Path) -> Result<Self, Error> {
        let blob = |descriptor: &Descriptor| {
            let name = descriptor.digest.replacen(':', "/", 1);
            layout.join("blobs").join(name)
        };
        let index: Index = parse(layout.join("index.json"))?;
        let [entry] = &index.manifests[..] else {
            return Err(Error::NotOne {
                layout: layout.to_owned(),
                images: index.manifests.len(),
            });
        };
        let manifest: Manifest = parse(blob(entry))?;
        let Config { history } = parse(blob(&manifest.config))?;
        if history.len() != manifest.layers.len() {
            return Err(Error::History {
                layout: layout.to_owned(),
                layers: manifest.layers.len(),
                history: history.len(),
            });
        }
        let layers = manifest.layers.iter().zip(history);
        Ok(Self {
            layers: layers
                .map(|(layer, step)| Layer {
                    made_by: step.created_by,
                    size: layer.size,
                })
                .collect(),
            config: manifest.config.size,
            manifest: entry.size,
        })
    }

    /// The layers together.
    #[must_use]
    pub fn compressed(&self) -> u64 {
        self.layers.iter().map(|layer| layer.size).sum()
    }
}

fn parse<T: DeserializeOwned>(file: PathBuf) -> Result<T, Error> {
    match fs::read(&file) {
        Ok(json) => serde_json::from_slice(&json).map_err(|source| Error::Parse { file, source }),
        Err(source) => Err(Error::Read { file, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A layout with these files; blobs by the names that stand for their digests.
    fn layout(index: &str, manifest: &str, config: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let blobs = folder.path().join("blobs/sha256");
        fs::create_dir_all(&blobs).unwrap();
        fs::write(folder.path().join("index.json"), index).unwrap();
        fs::write(blobs.join("m"), manifest).unwrap();
        fs::write(blobs.join("c"), config).unwrap();
        folder
    }

    const INDEX: &str = r#"{ "manifests": [{ "digest": "sha256:m", "size": 30 }] }"#;
    const MANIFEST: &str = r#"{ "config": { "digest": "sha256:c", "size": 20 }, "layers": [
        { "digest": "sha256:a", "size": 100 }, { "digest": "sha256:b", "size": 400 }] }"#;
    const CONFIG: &str = r#"{ "history": [
        { "created_by": "layer base" }, { "created_by": "layer program" }] }"#;

    #[test]
    fn layers_have_names_and_sizes() {
        let folder = layout(INDEX, MANIFEST, CONFIG);
        let image = Image::read(folder.path()).unwrap();
        assert_eq!((image.config, image.manifest), (20, 30));
        assert_eq!(image.compressed(), 500);
        assert_eq!(image.layers[1].made_by, "layer program");
    }

    #[test]
    fn what_is_no_image_is_said() {
        let error = |index, config| {
            let folder = layout(index, MANIFEST, config);
            Image::read(folder.path()).unwrap_err().to_string()
        };
        let none = r#"{ "manifests": [] }"#;
        assert!(error(none, CONFIG).ends_with("has 0 images, expected one"));
        let empty = r#"{ "history": [] }"#;
        assert!(error(INDEX, empty).ends_with("has 2 layers, but a history of 0"));
        assert!(error("{", CONFIG).contains("index.json: EOF"));
        let missing = Image::read(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(missing.starts_with("/nowhere/index.json: No such file"));
    }
}
