//! What waits for the disk: bounded by bytes, and never waited for by whoever fills it.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::size;
use crate::model::trace::Trace;

/// Something for the disk.
#[derive(Debug, Clone)]
pub(super) enum Waiting {
    /// A trace, or a newer version of one.
    Trace(Arc<Trace>),
    /// What came of a trace after it was stored.
    Late(Box<Trace>),
}

/// A queue between those who keep traces and the one thread that stores them.
#[derive(Debug)]
pub(super) struct Queue {
    most_bytes: u64,
    inner: Mutex<Inner>,
    /// Wakes the one that takes: something has come, or nothing will.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<(Waiting, u64)>,
    bytes: u64,
    is_closed: bool,
}

impl Queue {
    pub(super) fn new(most_bytes: u64) -> Queue {
        Queue {
            most_bytes,
            inner: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds something; `false` if there is no room, or nobody takes any more.
    pub(super) fn offer(&self, waiting: Waiting) -> bool {
        let bytes = waiting.bytes();
        let mut inner = self.inner();
        if inner.is_closed || inner.bytes + bytes > self.most_bytes {
            return false;
        }
        inner.bytes += bytes;
        inner.waiting.push_back((waiting, bytes));
        self.changed.notify_one();
        true
    }

    /// Takes what waits, up to so many.
    pub(super) fn take(&self, most: usize) -> Vec<Waiting> {
        let mut inner = self.inner();
        let count = inner.waiting.len().min(most);
        let taken: Vec<_> = inner.waiting.drain(..count).collect();
        inner.bytes -= taken.iter().map(|(_, bytes)| bytes).sum::<u64>();
        taken.into_iter().map(|(waiting, _)| waiting).collect()
    }

    /// Puts back to the front what could not be stored; returns how many find no room: the oldest.
    pub(super) fn put_back(&self, taken: Vec<Waiting>) -> u64 {
        let mut inner = self.inner();
        let mut refused = 0;
        for waiting in taken.into_iter().rev() {
            let bytes = waiting.bytes();
            if inner.bytes + bytes > self.most_bytes {
                refused += 1;
                continue;
            }
            inner.bytes += bytes;
            inner.waiting.push_front((waiting, bytes));
        }
        refused
    }

    /// Waits until something has come, nothing will come, or the time is over.
    pub(super) fn wait(&self, most: Duration) {
        let inner = self.inner();
        let idle = |inner: &mut Inner| inner.waiting.is_empty() && !inner.is_closed;
        drop(self.changed.wait_timeout_while(inner, most, idle));
    }

    /// Waits until nothing will come, or the time is over.
    pub(super) fn pause(&self, most: Duration) {
        let is_open = |inner: &mut Inner| !inner.is_closed;
        drop(self.changed.wait_timeout_while(self.inner(), most, is_open));
    }

    /// Takes nothing more.
    pub(super) fn close(&self) {
        self.inner().is_closed = true;
        self.changed.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.inner().is_closed
    }

    /// How many wait, and their bytes.
    pub(super) fn length(&self) -> (usize, u64) {
        let inner = self.inner();
        (inner.waiting.len(), inner.bytes)
    }
}

impl Waiting {
    fn bytes(&self) -> u64 {
        match self {
            Waiting::Trace(trace) => size::bytes(trace),
            Waiting::Late(rest) => size::bytes(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::fixture::{span, trace};

    fn waiting(id: u128) -> Waiting {
        Waiting::Trace(Arc::new(trace(id, vec![span(1, None, "a", (0, 1))])))
    }

    fn ids(taken: &[Waiting]) -> Vec<u128> {
        let id = |waiting: &Waiting| match waiting {
            Waiting::Trace(trace) => trace.id.get(),
            Waiting::Late(rest) => rest.id.get(),
        };
        taken.iter().map(id).collect()
    }

    #[test]
    fn there_is_room_for_so_many_bytes() {
        let queue = Queue::new(waiting(1).bytes() * 3);
        let offered: Vec<_> = (1..=4).map(|id| queue.offer(waiting(id))).collect();
        assert_eq!(offered, [true, true, true, false]);
        let taken = queue.take(2);
        assert_eq!(ids(&taken), [1, 2]);
        assert!(queue.offer(waiting(5)));
        assert_eq!(queue.put_back(taken), 1, "the oldest finds no room");
        assert_eq!(ids(&queue.take(9)), [2, 3, 5]);
        assert_eq!(queue.length(), (0, 0));
        queue.close();
        assert!(!queue.offer(waiting(6)));
        queue.wait(Duration::from_secs(3600));
    }
}
