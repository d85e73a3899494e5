//! The exposition as an HTTP body: rendered while it is sent, a chunk at a time.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::model::Snapshot;
use crate::serve::scrape::Scrape;

use super::{Gzip, Rendering};

/// How much is rendered before it is handed to the connection: more means fewer writes, less means less memory.
pub(crate) const CHUNK_BYTES: usize = 64 * 1024;

/// Room for the series that a chunk exceeds its limit by.
const OVERHANG_BYTES: usize = 4 * 1024;

/// A body that holds a snapshot and renders it on demand, so that memory beyond the snapshot stays at a chunk or two.
#[derive(Debug)]
pub(crate) struct Exposition {
    snapshot: Arc<Snapshot>,
    rendering: Rendering,
    gzip: Option<Gzip>,
    /// Counts the scrape when the body ends or is dropped.
    scrape: Option<Scrape>,
    complete: bool,
}

impl Exposition {
    /// Makes the body of a scrape's answer.
    pub(crate) fn new(
        snapshot: Arc<Snapshot>,
        rendering: Rendering,
        gzip: Option<Gzip>,
        scrape: Scrape,
    ) -> Exposition {
        Exposition {
            snapshot,
            rendering,
            gzip,
            scrape: Some(scrape),
            complete: false,
        }
    }

    /// The next bytes to send; none where much was rendered or measured, and nothing came out of it yet.
    fn step(&mut self) -> io::Result<Vec<u8>> {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + OVERHANG_BYTES);
        self.complete = self.rendering.fill(&self.snapshot, &mut chunk, CHUNK_BYTES);
        let rendered = chunk.len();
        if let Some(gzip) = &mut self.gzip {
            chunk = gzip.push(&chunk, self.complete)?;
        }
        if let Some(scrape) = &mut self.scrape {
            scrape.add(rendered, chunk.len());
        }
        if self.complete
            && let Some(scrape) = self.scrape.take()
        {
            scrape.succeed();
        }
        Ok(chunk)
    }
}

impl Body for Exposition {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if this.complete {
            return Poll::Ready(None);
        }
        match this.step() {
            Ok(chunk) if !chunk.is_empty() => Poll::Ready(Some(Ok(Frame::data(chunk.into())))),
            Ok(_) if this.complete => Poll::Ready(None),
            Ok(_) => {
                // Others are served before the next chunk is tried.
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.complete
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
