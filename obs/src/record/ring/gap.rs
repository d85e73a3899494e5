//! A gap: what was dropped of a ring since it was full, until there is room for a record of it.

use super::{MOST_SLOTS, WORDS, Words, add};
use crate::record::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

/// How many traces are remembered by id; what was dropped of more of them may have been of any.
pub(crate) const TOUCHED: usize = 8;

/// What was dropped since the ring was full. Written by the thread that has the ring; the ids of traces are read by the
/// collector, too.
pub(super) struct Gap {
    /// Groups dropped; 0 where there is no gap. The writer's alone.
    groups: AtomicU64,
    /// When the first and the last of them were, as far as that is known; 0 where it is not. The writer's alone.
    first: AtomicU64,
    last: AtomicU64,
    /// How many traces are remembered; one more than there is room for if there were more. Written with `Release`, read with
    /// `Acquire`: the ids below it are whole. Those of a later gap may stand there by then, but they lost something, too.
    traces: AtomicU64,
    ids: [[AtomicU64; 2]; TOUCHED],
}

impl Gap {
    pub(super) fn new() -> Gap {
        let zero = || AtomicU64::new(0);
        Gap {
            groups: zero(),
            first: zero(),
            last: zero(),
            traces: zero(),
            ids: std::array::from_fn(|_| [zero(), zero()]),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.groups.load(Relaxed) > 0
    }

    /// Remembers a group that was dropped at that time.
    pub(super) fn note(&self, group: &[Words], time: u64) {
        add(&self.groups, 1);
        if time != 0 {
            if self.first.load(Relaxed) == 0 {
                self.first.store(time, Relaxed);
            }
            self.last.store(time, Relaxed);
        }
        // In models slots end before that.
        self.touch([1, 2].map(|word| group[0].get(word).copied().unwrap_or(0)));
    }

    fn touch(&self, trace: [u64; 2]) {
        let traces = self.traces.load(Relaxed) as usize;
        if traces > TOUCHED || self.ids[..traces].iter().any(|id| load(id) == trace) {
            return;
        }
        if let Some(id) = self.ids.get(traces) {
            id[0].store(trace[0], Relaxed);
            id[1].store(trace[1], Relaxed);
        }
        self.traces.store(traces as u64 + 1, Release);
    }

    /// The record of the gap, and how many slots of it there are.
    ///
    /// In words: the kind; first and last time; groups; how many traces, as in the field; then their ids, two words each.
    pub(super) fn group(&self) -> ([Words; MOST_SLOTS], usize) {
        let mut group = [[0; WORDS]; MOST_SLOTS];
        let traces = self.traces.load(Relaxed);
        let facts = [&self.first, &self.last, &self.groups];
        let facts = facts.map(|fact| fact.load(Relaxed));
        let ids = self.ids[..(traces as usize).min(TOUCHED)].iter();
        let words = facts.into_iter().chain([traces]).chain(ids.flat_map(load));
        let mut len = 1;
        for (at, word) in (1..)
            .zip(words)
            .take_while(|(at, _)| *at < WORDS * MOST_SLOTS)
        {
            group[at / WORDS][at % WORDS] = word;
            len = at / WORDS + 1;
        }
        group[0][0] = super::GAP | (len as u64) << 8;
        (group, len)
    }

    /// The gap has been told.
    pub(super) fn close(&self) {
        for field in [&self.groups, &self.first, &self.last] {
            field.store(0, Relaxed);
        }
        self.traces.store(0, Release);
    }

    /// Whether something was dropped that no record tells of, for others than the writer.
    pub(super) fn is_untold(&self) -> bool {
        self.traces.load(Acquire) > 0
    }

    /// The traces that something was dropped of; `None` if there are more than are remembered.
    pub(super) fn touched(&self) -> Option<Vec<[u64; 2]>> {
        let traces = self.traces.load(Acquire) as usize;
        self.ids
            .get(..traces)
            .map(|ids| ids.iter().map(load).collect())
    }
}

fn load(id: &[AtomicU64; 2]) -> [u64; 2] {
    [id[0].load(Relaxed), id[1].load(Relaxed)]
}
