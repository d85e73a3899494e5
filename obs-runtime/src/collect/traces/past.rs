//! Traces that are complete, for a while: what still comes of them is late.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::model::trace::Kept;

/// How long what is late is still put together with the rest. More: longer work in the background is seen. Less: less memory.
pub(super) const REMEMBERED: Duration = Duration::from_secs(30);

/// How many complete traces are remembered: some 6 MiB.
const MOST: usize = 65_536;

/// What became of traces that are complete.
///
/// Most of them are never asked for: they are written down in order, and found by id from the first question on.
#[derive(Default)]
pub(super) struct Past {
    in_order: VecDeque<Complete>,
    /// The number of the first of them.
    first: u64,
    /// The last of each id, by number, of those before `found`.
    by_id: HashMap<u128, u64, foldhash::fast::RandomState>,
    found: u64,
    /// When one was last remembered whose root, or that of this process, may still come.
    without_root: Option<Instant>,
}

struct Complete {
    at: Instant,
    id: u128,
    kept: Option<Kept>,
}

impl Past {
    /// Remembers that a trace is complete, and why it was kept, if it was.
    pub(super) fn remember(&mut self, id: u128, kept: Option<Kept>, now: Instant) {
        self.in_order.push_back(Complete { at: now, id, kept });
        if self.in_order.len() > MOST {
            self.forget_first();
        }
    }

    /// The same of one whose root did not come, or of which something has not ended.
    pub(super) fn remember_without_root(&mut self, id: u128, kept: Option<Kept>, now: Instant) {
        self.without_root = Some(now);
        self.remember(id, kept, now);
    }

    /// Whether the root of one of them may still come.
    pub(super) fn may_lack_root(&self) -> bool {
        self.without_root.is_some()
    }

    /// What became of a trace; `None` for one that is not complete, or was long ago.
    pub(super) fn of(&mut self, id: u128) -> Option<Option<Kept>> {
        let new = (self.found - self.first) as usize;
        for (complete, number) in self.in_order.range(new..).zip(self.found..) {
            self.by_id.insert(complete.id, number);
        }
        self.found = self.first + self.in_order.len() as u64;
        let number = self.by_id.get(&id)?;
        Some(self.in_order[(number - self.first) as usize].kept)
    }

    /// Forgets what is too long ago.
    pub(super) fn forget(&mut self, now: Instant) {
        let is_old = |then| now.saturating_duration_since(then) > REMEMBERED;
        while self.in_order.front().is_some_and(|first| is_old(first.at)) {
            self.forget_first();
        }
        self.without_root = self.without_root.filter(|then| !is_old(*then));
    }

    fn forget_first(&mut self) {
        let Some(Complete { id, .. }) = self.in_order.pop_front() else {
            return;
        };
        if self.first < self.found {
            if self.by_id.get(&id) == Some(&self.first) {
                self.by_id.remove(&id);
            }
        } else {
            self.found += 1;
        }
        self.first += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::Policy;

    const KEPT: Option<Kept> = Some(Kept {
        policy: Policy::Rare,
        weight: 1.0,
    });

    #[test]
    fn the_last_that_was_remembered_of_a_trace_holds_while_it_is_remembered() {
        let (mut past, start) = (Past::default(), Instant::now());
        past.remember(1, None, start);
        past.remember(2, KEPT, start);
        assert_eq!(past.of(2), Some(KEPT));
        assert_eq!(past.of(3), None);
        past.remember(1, KEPT, start + REMEMBERED);
        past.remember(3, None, start + REMEMBERED);
        past.forget(start + REMEMBERED * 2);
        assert_eq!(past.of(2), None);
        assert_eq!(past.of(1), Some(KEPT), "the later one is not old");
        assert_eq!(past.of(3), Some(None));
    }

    #[test]
    fn what_is_forgotten_before_it_was_asked_for_is_not_found() {
        let (mut past, start) = (Past::default(), Instant::now());
        for id in 0..MOST as u128 + 10 {
            past.remember(id, None, start);
        }
        assert_eq!(past.of(9), None);
        assert_eq!(past.of(10), Some(None));
        past.remember(7 << 64, None, start);
        assert_eq!(past.of(10), None);
        assert_eq!(past.of(7 << 64), Some(None));
        assert_eq!(past.by_id.len(), MOST);
    }

    #[test]
    fn a_root_may_come_while_one_without_is_remembered() {
        let (mut past, start) = (Past::default(), Instant::now());
        past.remember(1, None, start);
        assert!(!past.may_lack_root());
        past.remember_without_root(2, None, start);
        past.forget(start + REMEMBERED);
        assert!(past.may_lack_root());
        past.forget(start + REMEMBERED * 2);
        assert!(!past.may_lack_root());
    }
}
