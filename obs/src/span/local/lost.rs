//! Traces of which threads without a track have lost something.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::record::ring::TOUCHED;
use crate::record::sync::lock;

/// Traces of which something was lost since its thread had no track, until the collector has heard of it.
pub(crate) struct Lost {
    /// How many there are; one more than there is room for if there were more. Written under the lock, and read without it by
    /// threads that have nothing to add then; relaxed: it is a number on its own.
    count: AtomicUsize,
    traces: Mutex<[[u64; 2]; TOUCHED]>,
}

impl Lost {
    pub(super) const fn nothing() -> Lost {
        Lost {
            count: AtomicUsize::new(0),
            traces: Mutex::new([[0; 2]; TOUCHED]),
        }
    }

    /// Something of a trace was lost.
    pub(super) fn note(&self, trace: [u64; 2]) {
        if self.count.load(Relaxed) > TOUCHED {
            return;
        }
        let mut traces = lock(&self.traces);
        let count = self.count.load(Relaxed);
        if count > TOUCHED || traces[..count].contains(&trace) {
            return;
        }
        if let Some(place) = traces.get_mut(count) {
            *place = trace;
        }
        self.count.store(count + 1, Relaxed);
    }

    /// The traces since the last time; `None` if there are more than are remembered.
    pub(crate) fn take(&self) -> Option<Vec<[u64; 2]>> {
        let traces = lock(&self.traces);
        let count = self.count.swap(0, Relaxed);
        traces.get(..count).map(<[_]>::to_vec)
    }
}
