//! Traces in memory: the newest of all, and of older ones those that say most about trouble.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::counts::Counts;
use super::directory::{EVICTION, rank};
use super::size;
use crate::model::trace::{Trace, TraceId};

/// This share of the budget belongs to the newest traces, whatever kept them.
const NEWEST_SHARE: u64 = 4;

/// What an entry takes besides the trace: in the map, and in a queue.
const ENTRY_BYTES: u64 = 96;

/// Traces in memory, within a budget.
#[derive(Debug)]
pub(super) struct Memory {
    most_bytes: u64,
    bytes: u64,
    newest_bytes: u64,
    kept: HashMap<TraceId, Entry>,
    /// By arrival; what was replaced stands here twice, the earlier time with a number that is no longer its own.
    newest: VecDeque<(TraceId, u64)>,
    /// Likewise, of each policy, those that are no longer among the newest.
    older: [VecDeque<(TraceId, u64)>; EVICTION.len()],
    next: u64,
}

#[derive(Debug)]
struct Entry {
    trace: Arc<Trace>,
    bytes: u64,
    number: u64,
    is_new: bool,
}

impl Memory {
    pub(super) fn new(most_bytes: u64) -> Memory {
        Memory {
            most_bytes,
            bytes: 0,
            newest_bytes: 0,
            kept: HashMap::new(),
            newest: VecDeque::new(),
            older: Default::default(),
            next: 0,
        }
    }

    /// Keeps a trace, in place of an earlier version.
    pub(super) fn keep(&mut self, trace: Arc<Trace>, counts: &Counts) {
        let bytes = size::bytes(&trace) + ENTRY_BYTES;
        let (id, number) = (trace.id, self.next);
        self.next += 1;
        let entry = Entry {
            trace,
            bytes,
            number,
            is_new: true,
        };
        if let Some(earlier) = self.kept.insert(id, entry) {
            self.forget(&earlier);
        }
        self.bytes += bytes;
        self.newest_bytes += bytes;
        self.newest.push_back((id, number));
        self.age();
        self.make_room(counts);
        self.compact();
    }

    fn forget(&mut self, entry: &Entry) {
        self.bytes -= entry.bytes;
        self.newest_bytes -= if entry.is_new { entry.bytes } else { 0 };
    }

    /// Lets the oldest of the newest join the others of their policy.
    fn age(&mut self) {
        while self.newest_bytes > self.most_bytes / NEWEST_SHARE && self.newest.len() > 1 {
            let Some((id, number)) = self.newest.pop_front() else {
                break;
            };
            let Some(entry) = self
                .kept
                .get_mut(&id)
                .filter(|entry| entry.number == number)
            else {
                continue;
            };
            entry.is_new = false;
            self.newest_bytes -= entry.bytes;
            if let Some(queue) = self.older.get_mut(rank(entry.trace.kept.policy)) {
                queue.push_back((id, number));
            }
        }
    }

    /// Evicts what says least, the oldest first; the newest only when nothing else is left.
    fn make_room(&mut self, counts: &Counts) {
        while self.bytes > self.most_bytes {
            let queues = self.older.iter_mut().chain([&mut self.newest]);
            let Some((id, number)) = queues.into_iter().find_map(VecDeque::pop_front) else {
                break;
            };
            if self
                .kept
                .get(&id)
                .is_none_or(|entry| entry.number != number)
            {
                continue;
            }
            if let Some(entry) = self.kept.remove(&id) {
                self.forget(&entry);
                counts.evicted_from_memory(entry.trace.kept.policy);
            }
        }
    }

    /// Drops what no longer stands for a trace, once it is most of what the queues hold.
    fn compact(&mut self) {
        let queues = self.older.iter().chain([&self.newest]);
        if queues.map(VecDeque::len).sum::<usize>() <= 2 * self.kept.len() + 1024 {
            return;
        }
        for queue in self.older.iter_mut().chain([&mut self.newest]) {
            queue.retain(|(id, number)| {
                self.kept
                    .get(id)
                    .is_some_and(|entry| entry.number == *number)
            });
        }
    }

    pub(super) fn get(&self, id: TraceId) -> Option<Arc<Trace>> {
        self.kept.get(&id).map(|entry| Arc::clone(&entry.trace))
    }

    /// All of them, in no order.
    pub(super) fn all(&self) -> Vec<Arc<Trace>> {
        self.kept
            .values()
            .map(|entry| Arc::clone(&entry.trace))
            .collect()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::Policy;
    use crate::model::trace::fixture::{span, trace};

    fn of(id: u128, policy: Policy) -> Arc<Trace> {
        let mut trace = trace(id, vec![span(1, None, "a", (0, 1))]);
        trace.kept.policy = policy;
        Arc::new(trace)
    }

    fn ids(memory: &Memory) -> Vec<u128> {
        let mut ids: Vec<_> = memory.all().iter().map(|trace| trace.id.get()).collect();
        ids.sort_unstable();
        ids
    }

    fn room_for(traces: u64) -> u64 {
        traces * (size::bytes(&of(1, Policy::Slow)) + ENTRY_BYTES)
    }

    #[test]
    fn what_says_least_goes_first_and_the_newest_last() {
        use Policy::{Baseline, Error, Forced, Imported, Rare, Slow};
        let counts = Counts::default();
        let mut memory = Memory::new(room_for(8));
        for (id, policy) in (1..).zip([
            Forced, Imported, Error, Slow, Rare, Baseline, Baseline, Baseline,
        ]) {
            memory.keep(of(id, policy), &counts);
        }
        let mut gone = Vec::new();
        for id in 9..=16 {
            let before = ids(&memory);
            memory.keep(of(id, Forced), &counts);
            gone.extend(
                before
                    .into_iter()
                    .filter(|id| memory.get(TraceId::new(*id).unwrap()).is_none()),
            );
            assert!(memory.bytes() <= room_for(8));
        }
        assert_eq!(
            gone,
            [6, 7, 8, 5, 4, 3, 2, 1],
            "baseline before rare, slow, errors, imported, forced"
        );
        let evicted = [
            (Baseline, 3),
            (Rare, 1),
            (Slow, 1),
            (Error, 1),
            (Imported, 1),
            (Forced, 1),
        ];
        assert_eq!(counts.read().evicted_from_memory, evicted);
    }

    #[test]
    fn the_newest_are_there_whatever_kept_them() {
        let counts = Counts::default();
        let mut memory = Memory::new(room_for(8));
        (1..=20).for_each(|id| memory.keep(of(id, Policy::Forced), &counts));
        memory.keep(of(21, Policy::Baseline), &counts);
        memory.keep(of(22, Policy::Forced), &counts);
        assert!(ids(&memory).contains(&21));
        (23..=25).for_each(|id| memory.keep(of(id, Policy::Forced), &counts));
        assert!(!ids(&memory).contains(&21));
    }

    #[test]
    fn a_newer_version_takes_the_place_of_an_earlier_one() {
        let counts = Counts::default();
        let mut memory = Memory::new(room_for(8));
        for _ in 0..10_000 {
            memory.keep(of(1, Policy::Slow), &counts);
        }
        memory.keep(of(2, Policy::Slow), &counts);
        assert_eq!(ids(&memory), [1, 2]);
        assert_eq!(memory.bytes(), room_for(2));
        assert!(memory.newest.len() < 2_000);
        assert_eq!(counts.read().evicted_from_memory, []);
    }

    #[test]
    fn a_trace_larger_than_the_budget_does_not_stay() {
        let counts = Counts::default();
        let mut memory = Memory::new(10);
        memory.keep(of(1, Policy::Forced), &counts);
        assert_eq!((memory.bytes(), ids(&memory)), (0, vec![]));
    }
}
