//! What a request's headers ask of the answer: a format, a compression, a deadline.

/// What a scraper can decompress.
mod coding;
/// How long a scraper waits.
mod deadline;
/// What a scraper can read.
mod media;
/// Weights, as both kinds of lists carry them.
mod weight;

pub(crate) use coding::Coding;
pub(crate) use deadline::{TIMEOUT_HEADER, patience};
pub(crate) use media::Media;
