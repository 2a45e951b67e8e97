//! Generates the Rust code of `recommendations.proto`, and its descriptor set for server reflection.
//! protox parses the file in pure Rust, so no `protoc` has to be installed.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message;

const PROTO: &str = "recommendations.proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={PROTO}");

    let descriptors = protox::compile([PROTO], ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;

    // Without the generated `connect`, the crate needs no transport: how to connect is the
    // caller's choice (`RecommendationsClient::new(channel)`).
    tonic_prost_build::configure()
        .build_transport(false)
        .compile_fds(descriptors)?;
    Ok(())
}
