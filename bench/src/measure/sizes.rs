//! What the programs weigh, what their images do, and what of them a change pushes.

use std::fs;

use super::Bench;
use crate::{
    command_line::Failure,
    figures::{Figure, Target},
    oci::Image,
    unit::Unit,
};

/// The layers of both images, compressed.
const IMAGES: Target = Target::AtMost(6_000_000.0);
/// What the layer that a change of the program replaces is called.
const PROGRAM_LAYER: &str = "layer program";

/// Programs, images, and the bytes that a one-line change pushes.
pub(super) fn figures(bench: &Bench<'_>) -> Result<Vec<Figure>, Failure> {
    let services = &bench.description.services;
    let mut figures = Vec::new();
    for (service, program) in [
        ("marketplace", &services.marketplace.program),
        ("recommendations", &services.recommendations.program),
    ] {
        let name = format!("program, {service}");
        match fs::metadata(program) {
            Ok(metadata) => figures.push(bytes(name, metadata.len())),
            Err(error) => {
                return Err(Failure::of(name, format!("{}: {error}", program.display())));
            }
        }
    }
    figures.extend(images(bench)?);
    Ok(figures)
}

fn images(bench: &Bench<'_>) -> Result<Vec<Figure>, Failure> {
    const ALL: &str = "all images, compressed layers";
    const PUSHED: &str = "pushed after a one-line change";
    if bench.description.images.is_empty() {
        let why = "the description has no images";
        return Ok(vec![
            Figure::skipped(ALL, why),
            Figure::skipped(PUSHED, why),
        ]);
    }
    let mut figures = Vec::new();
    let mut pushes = Vec::new();
    let mut all = 0;
    for (service, image) in &bench.description.images {
        let name = format!("image, {service}");
        let image = Image::read(&image.layout).map_err(|error| Failure::of(&name, error))?;
        all += image.compressed();
        figures.push(bytes(name, image.compressed()));
        // A layer without the program keeps its digest, and a registry has it already.
        let mut changed = image.layers.iter().filter(|it| it.made_by == PROGRAM_LAYER);
        let name = format!("{PUSHED}, {service}");
        let (Some(program), None) = (changed.next(), changed.next()) else {
            let cause = format!("not one {PROGRAM_LAYER:?} in {:?}", image.layers);
            return Err(Failure::of(name, cause));
        };
        pushes.push(bytes(name, program.size + image.config + image.manifest));
    }
    figures.push(bytes(ALL.to_owned(), all).to_reach(IMAGES));
    figures.extend(pushes);
    Ok(figures)
}

fn bytes(name: String, bytes: u64) -> Figure {
    Figure::new(name, Unit::Bytes, vec![bytes as f64])
}
