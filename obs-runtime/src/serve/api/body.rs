//! A snapshot as JSON, rendered while it is sent: a hundred thousand series neither hold up a scrape nor fill memory.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame};
use serde_json::Error;

use crate::model::Snapshot;
use crate::model::snapshot::Cursor;
use crate::serve::wire;

/// How much is rendered before it is handed to the connection: more means fewer writes, less means less memory.
const CHUNK_BYTES: usize = 64 * 1024;

/// The end of an object whose last field is a list that is empty: what is written up to here can go on with the items.
const END_OF_EMPTY: &[u8] = b"]}";

/// A body that holds a snapshot and renders it on demand.
#[derive(Debug)]
pub(super) struct SnapshotBody {
    /// None once all of it has been rendered.
    snapshot: Option<Arc<Snapshot>>,
    cursor: Cursor,
    /// The number of the family that is being written.
    open: Option<usize>,
    begun: bool,
}

impl SnapshotBody {
    pub(super) fn new(snapshot: Arc<Snapshot>) -> SnapshotBody {
        SnapshotBody {
            snapshot: Some(snapshot),
            ..SnapshotBody::untold()
        }
    }

    /// The body of an answer to HEAD: nothing, of a length that only GET finds out.
    pub(super) fn untold() -> SnapshotBody {
        SnapshotBody {
            snapshot: None,
            cursor: Cursor::default(),
            open: None,
            begun: false,
        }
    }

    /// Renders up to about `limit` bytes; says whether that was all.
    fn fill(
        &mut self,
        snapshot: &Snapshot,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<bool, Error> {
        if !self.begun {
            self.begun = true;
            serde_json::to_writer(&mut *out, &wire::head(snapshot))?;
            reopen(out);
        }
        while out.len() < limit {
            let Some(series) = snapshot.next(&mut self.cursor) else {
                if self.open.is_some() {
                    out.extend_from_slice(END_OF_EMPTY);
                }
                out.extend_from_slice(END_OF_EMPTY);
                return Ok(true);
            };
            let number = self.cursor.family();
            if self.open != Some(number) {
                if self.open.is_some() {
                    out.extend_from_slice(END_OF_EMPTY);
                    out.push(b',');
                }
                self.open = Some(number);
                serde_json::to_writer(&mut *out, &wire::family(series.family()))?;
                reopen(out);
            } else {
                out.push(b',');
            }
            serde_json::to_writer(&mut *out, &wire::series(&series))?;
        }
        Ok(false)
    }
}

/// Takes back the end of an object that was just written with its last list empty, so that items can follow.
fn reopen(out: &mut Vec<u8>) {
    debug_assert!(out.ends_with(END_OF_EMPTY), "the list is the last field");
    out.truncate(out.len() - END_OF_EMPTY.len());
}

impl Body for SnapshotBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let Some(snapshot) = this.snapshot.take() else {
            return Poll::Ready(None);
        };
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 8);
        // The wire types have text for keys and go into memory: writing them cannot fail. If it did, the answer would end
        // here, and no reader would take half a document for a whole one.
        let complete = this
            .fill(&snapshot, &mut chunk, CHUNK_BYTES)
            .unwrap_or(true);
        if !complete {
            this.snapshot = Some(snapshot);
        }
        Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.snapshot.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api;
    use crate::model::fixture::{Layout, definition, life};
    use obs::catalogue::{Definition, Kind};

    fn rendered(snapshot: &Arc<Snapshot>, limit: usize) -> (String, usize) {
        let mut body = SnapshotBody::new(snapshot.clone());
        let (mut whole, mut chunks) = (Vec::new(), 0);
        loop {
            let mut chunk = Vec::new();
            let complete = body.fill(snapshot, &mut chunk, limit).unwrap();
            whole.extend(chunk);
            chunks += 1;
            if complete {
                return (String::from_utf8(whole).unwrap(), chunks);
            }
        }
    }

    #[test]
    fn what_is_rendered_in_pieces_is_the_snapshot_as_a_whole() {
        let layout = Layout::new([
            definition("jobs_total", Kind::Counter),
            definition("level", Kind::Gauge),
            Definition {
                bounds: &[1.0],
                ..definition("size", Kind::Histogram)
            },
        ]);
        let mut cells = layout.cells();
        for name in ["jobs_total", "level", "size"] {
            cells[layout.first_cell(name, 0)] = 3;
        }
        let lives = (0..20).map(|n| life(&format!("body \"{n}\""), cells.clone()));
        let snapshot = Arc::new(layout.snapshot(lives.collect()));
        let whole = serde_json::to_string(&api::Snapshot::from(&*snapshot)).unwrap();
        let (at_once, chunks) = rendered(&snapshot, usize::MAX);
        assert_eq!((&at_once, chunks), (&whole, 1));
        let (in_pieces, chunks) = rendered(&snapshot, 100);
        assert_eq!(in_pieces, whole);
        assert!(chunks > 20, "{chunks} chunks");
    }

    #[test]
    fn a_snapshot_without_series_is_whole_as_well() {
        let snapshot = Arc::new(Layout::new([]).snapshot(Vec::new()));
        let (text, _) = rendered(&snapshot, 1_000);
        let read: api::Snapshot = serde_json::from_str(&text).unwrap();
        assert_eq!((read.time_unix_ms, read.families.len()), (1_000_000, 0));
    }
}
