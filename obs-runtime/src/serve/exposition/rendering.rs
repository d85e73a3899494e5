//! The rendering of one exposition, in whichever format was asked for.

use crate::model::Snapshot;
use crate::serve::negotiation::Media;

use super::selection::{Names, Walk};
use super::{encoder::Encoder, protobuf};

/// Where the rendering of one exposition stands.
#[derive(Debug)]
pub(crate) enum Rendering {
    Text(Encoder),
    Protobuf(Box<protobuf::Encoder>),
}

impl Rendering {
    /// Starts before the first of the families that are meant.
    pub(crate) fn new(media: Media, snapshot: &Snapshot, names: &Names) -> Rendering {
        let walk = Walk::new(snapshot, names);
        match media {
            Media::Text(format) => Rendering::Text(Encoder::new(format, walk)),
            Media::Protobuf => Rendering::Protobuf(Box::new(protobuf::Encoder::new(walk))),
        }
    }

    /// Appends about `limit` bytes of a snapshot, always the same one, and returns whether the exposition is complete.
    ///
    /// It may append nothing, where it has only measured what comes next.
    pub(crate) fn fill(&mut self, snapshot: &Snapshot, out: &mut Vec<u8>, limit: usize) -> bool {
        match self {
            Rendering::Text(encoder) => encoder.fill(snapshot, out, limit),
            Rendering::Protobuf(encoder) => encoder.fill(snapshot, out, limit),
        }
    }
}
