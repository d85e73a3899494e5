//! The text of `/metrics`, in both formats.
//!
//! In: a snapshot. Out: text, in chunks.
//! Loss: none; what a snapshot exports is written, in the order of its families.

/// The exposition as an HTTP body.
mod body;
/// Snapshot to text.
mod encoder;
/// Content negotiation.
mod format;

pub(crate) use body::{CHUNK_BYTES, Exposition};
pub(crate) use encoder::Encoder;
pub(crate) use format::Format;
