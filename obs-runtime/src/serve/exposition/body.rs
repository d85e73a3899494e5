//! The exposition as an HTTP body: rendered while it is sent, a chunk at a time.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::model::Snapshot;
use crate::serve::scrape::Scrape;

use super::{Encoder, Format};

/// How much is rendered before it is handed to the connection: more means fewer writes, less means less memory.
pub(crate) const CHUNK_BYTES: usize = 64 * 1024;

/// Room for the series that a chunk exceeds its limit by.
const OVERHANG_BYTES: usize = 4 * 1024;

/// A body that holds a snapshot and renders it on demand, so that memory beyond the snapshot stays at a chunk or two.
#[derive(Debug)]
pub(crate) struct Exposition {
    snapshot: Arc<Snapshot>,
    encoder: Encoder,
    /// Counts the scrape when the body ends or is dropped.
    scrape: Option<Scrape>,
    complete: bool,
}

impl Exposition {
    /// Makes the body of a scrape's answer.
    pub(crate) fn new(snapshot: Arc<Snapshot>, format: Format, scrape: Scrape) -> Exposition {
        Exposition {
            snapshot,
            encoder: Encoder::new(format),
            scrape: Some(scrape),
            complete: false,
        }
    }
}

impl Body for Exposition {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if this.complete {
            return Poll::Ready(None);
        }
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + OVERHANG_BYTES);
        this.complete = this.encoder.fill(&this.snapshot, &mut chunk, CHUNK_BYTES);
        if this.complete
            && let Some(scrape) = this.scrape.take()
        {
            scrape.succeed();
        }
        Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.complete
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
