//! What `/metrics` answers: two text formats and protobuf, compressed where that is wanted.
//!
//! In: a snapshot, the names of the families that are wanted. Out: bytes, in chunks.
//! Loss: none; what a snapshot exports is written, in the order of its families.

/// The exposition as an HTTP body.
mod body;
/// Snapshot to text.
mod encoder;
/// The text formats.
mod format;
/// Compression, a chunk at a time.
mod gzip;
/// Snapshot to protobuf.
mod protobuf;
/// Either of them.
mod rendering;
/// Which families, by name.
mod selection;

pub(crate) use body::{CHUNK_BYTES, Exposition};
pub(crate) use format::Format;
pub(crate) use gzip::Gzip;
#[cfg(test)]
pub(crate) use gzip::MAX_COMPRESSORS;
pub(crate) use rendering::Rendering;
pub(crate) use selection::Names;

#[cfg(test)]
mod tests;
