//! The gRPC contract of the recommendations service, generated from `recommendations.proto`.
//!
//! Messages and the category enum stand at the top; [`recommendations_client`] and
//! [`recommendations_server`] hold the two ends of the service.

mod generated {
    // Generated: the comments of the .proto become the docs, the rest is not ours to write.
    #![allow(missing_docs, clippy::all, clippy::unwrap_used)]
    tonic::include_proto!("_");
}

pub use generated::*;

/// The service's full name on the wire, as the health service and reflection know it.
pub const SERVICE_NAME: &str = recommendations_server::SERVICE_NAME;

/// The encoded `FileDescriptorSet` of the contract, for server reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// Every category, in the order of the enum.
pub const CATEGORIES: [BookCategory; 3] = [
    BookCategory::Mystery,
    BookCategory::ScienceFiction,
    BookCategory::SelfHelp,
];
