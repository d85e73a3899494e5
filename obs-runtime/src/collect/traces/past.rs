//! Traces that are complete, for a while: what still comes of them is late.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::model::trace::Kept;

/// How long what is late is still put together with the rest. More: longer work in the background is seen. Less: less memory.
pub(super) const REMEMBERED: Duration = Duration::from_secs(30);

/// How many complete traces are remembered: some 6 MiB.
const MOST: usize = 65_536;

/// What became of traces that are complete.
#[derive(Default)]
pub(super) struct Past {
    by_id: HashMap<[u64; 2], Option<Kept>>,
    in_order: VecDeque<(Instant, [u64; 2])>,
}

impl Past {
    /// Remembers that a trace is complete, and why it was kept, if it was.
    pub(super) fn remember(&mut self, id: [u64; 2], kept: Option<Kept>, now: Instant) {
        if self.by_id.insert(id, kept).is_none() {
            self.in_order.push_back((now, id));
        }
        if self.in_order.len() > MOST
            && let Some((_, oldest)) = self.in_order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }

    /// What became of a trace; `None` for one that is not complete, or was long ago.
    pub(super) fn of(&self, id: [u64; 2]) -> Option<Option<Kept>> {
        self.by_id.get(&id).copied()
    }

    /// Forgets what is too long ago.
    pub(super) fn forget(&mut self, now: Instant) {
        while let Some((then, id)) = self.in_order.front().copied()
            && now.saturating_duration_since(then) > REMEMBERED
        {
            self.in_order.pop_front();
            self.by_id.remove(&id);
        }
    }
}
