//! What is on disk, as far as writing, retention and looking up an id need it in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::block::FULL_BYTES;
use super::entry::Head;
use crate::model::trace::{Policy, TraceId};

/// So many blocks of one policy and level are put together.
const FAN_IN: usize = 8;

/// In which order policies lose what they kept: what says least about trouble goes first.
pub(super) const EVICTION: [Policy; 6] = [
    Policy::Baseline,
    Policy::Rare,
    Policy::Slow,
    Policy::Error,
    Policy::Imported,
    Policy::Forced,
];

/// Blocks by number, and traces by block.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub(super) blocks: BTreeMap<u64, Block>,
    /// By a hash of the id. Two ids with one hash are told apart by the block's index, and the earlier one is found by a query
    /// alone.
    places: BTreeMap<u64, u64>,
    pub(super) taken_bytes: u64,
}

/// A block as the directory knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) head: Head,
    pub(super) traces: u32,
    /// Whether it can be read.
    pub(super) is_sound: bool,
}

impl Block {
    /// One that can be read.
    pub(super) fn sound(head: Head, traces: usize) -> Block {
        Block {
            head,
            traces: u32::try_from(traces).unwrap_or(u32::MAX),
            is_sound: true,
        }
    }
}

fn hash(id: TraceId) -> u64 {
    let number = id.get();
    (number >> 64) as u64 ^ number as u64
}

impl Directory {
    /// Adds a block and where its traces are.
    pub(super) fn add(
        &mut self,
        number: u64,
        block: Block,
        ids: impl IntoIterator<Item = TraceId>,
    ) {
        self.remove(number);
        self.taken_bytes += block.head.taken_bytes;
        self.blocks.insert(number, block);
        self.places
            .extend(ids.into_iter().map(|id| (hash(id), number)));
    }

    /// Takes a block out. Where its traces were is forgotten as they are looked up, or with [`Directory::forget`].
    pub(super) fn remove(&mut self, number: u64) -> Option<Block> {
        let block = self.blocks.remove(&number)?;
        self.taken_bytes -= block.head.taken_bytes;
        Some(block)
    }

    /// Forgets places of blocks that are gone, once they are many.
    pub(super) fn forget(&mut self) {
        let traces: u64 = self
            .blocks
            .values()
            .map(|block| u64::from(block.traces))
            .sum();
        if self.places.len() as u64 > traces + traces / 4 + 1024 {
            let blocks = &self.blocks;
            self.places.retain(|_, number| blocks.contains_key(number));
        }
    }

    /// The block that has a trace, if any has; only its index says for certain.
    pub(super) fn place(&self, id: TraceId) -> Option<u64> {
        let number = self.places.get(&hash(id)).copied();
        number.filter(|number| self.blocks.contains_key(number))
    }

    /// A trace of a block has a newer version elsewhere.
    pub(super) fn superseded(&mut self, number: u64) {
        if let Some(block) = self.blocks.get_mut(&number) {
            block.traces = block.traces.saturating_sub(1);
        }
    }

    pub(super) fn next_number(&self) -> u64 {
        self.blocks
            .last_key_value()
            .map_or(1, |(number, _)| number + 1)
    }

    pub(super) fn mark_damaged(&mut self, number: u64) {
        if let Some(block) = self.blocks.get_mut(&number) {
            block.is_sound = false;
        }
    }

    /// Blocks that should become one: enough of one policy and level, or enough to fill one. What was kept longer than
    /// `most_apart_ns` apart stays apart, so that it can go when its time has come.
    pub(super) fn mergeable(&self, most_apart_ns: u64) -> Option<Vec<u64>> {
        let mut groups: BTreeMap<(usize, u8), Group> = BTreeMap::new();
        for (number, Block { head, is_sound, .. }) in &self.blocks {
            if !is_sound || head.raw_bytes * 2 > FULL_BYTES {
                continue;
            }
            let group = groups.entry((rank(head.policy), head.level)).or_default();
            let first_kept_ns = group.first_kept_ns.get_or_insert(head.first_kept_ns);
            let apart = head.last_kept_ns.saturating_sub(*first_kept_ns) > most_apart_ns;
            if apart || group.raw_bytes + head.raw_bytes > FULL_BYTES && group.numbers.len() > 1 {
                if !apart || group.numbers.len() > 1 {
                    return Some(std::mem::take(&mut group.numbers));
                }
                *group = Group::default();
                group.first_kept_ns = Some(head.first_kept_ns);
            }
            group.numbers.push(*number);
            group.raw_bytes += head.raw_bytes;
            if group.numbers.len() == FAN_IN {
                return Some(std::mem::take(&mut group.numbers));
            }
        }
        None
    }

    /// Blocks whose last trace was stored before a moment.
    pub(super) fn kept_before(&self, ns: u64) -> Vec<u64> {
        let old = self
            .blocks
            .iter()
            .filter(|(_, block)| block.head.last_kept_ns < ns);
        old.map(|(number, _)| *number).collect()
    }

    /// Blocks that must go for the others to take no more than so much, in the order of [`EVICTION`], the oldest first. The newest
    /// quarter goes only when nothing else is left.
    pub(super) fn over(&self, most_bytes: u64) -> Vec<u64> {
        let mut excess = self.taken_bytes.saturating_sub(most_bytes);
        if excess == 0 {
            return Vec::new();
        }
        let mut newest = BTreeSet::new();
        let mut newest_bytes = 0;
        for (number, block) in self.blocks.iter().rev() {
            newest_bytes += block.head.taken_bytes;
            if newest_bytes > most_bytes / 4 {
                break;
            }
            newest.insert(*number);
        }
        let mut order: Vec<_> = self.blocks.iter().collect();
        order.sort_by_key(|(number, block)| {
            (newest.contains(number), rank(block.head.policy), **number)
        });
        let mut gone = Vec::new();
        for (number, block) in order {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(block.head.taken_bytes);
            gone.push(*number);
        }
        gone
    }
}

#[derive(Default)]
struct Group {
    numbers: Vec<u64>,
    raw_bytes: u64,
    first_kept_ns: Option<u64>,
}

/// A policy's place in [`EVICTION`].
pub(super) fn rank(policy: Policy) -> usize {
    let place = EVICTION.iter().position(|other| *other == policy);
    place.unwrap_or(EVICTION.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(policy: Policy, bytes: u64, kept_ns: u64) -> Block {
        Block {
            head: Head {
                policy,
                level: 0,
                raw_bytes: bytes,
                taken_bytes: bytes,
                first_kept_ns: kept_ns,
                last_kept_ns: kept_ns,
                earliest_ns: 0,
            },
            traces: 1,
            is_sound: true,
        }
    }

    fn directory(blocks: &[(Policy, u64)]) -> Directory {
        let mut directory = Directory::default();
        for (number, (policy, bytes)) in (1..).zip(blocks) {
            directory.add(
                number,
                block(*policy, *bytes, number),
                TraceId::new(u128::from(number)),
            );
        }
        directory
    }

    #[test]
    fn what_says_least_goes_first_and_the_newest_last() {
        use Policy::{Baseline, Error, Forced, Slow};
        let directory = directory(&[
            (Forced, 100),
            (Slow, 100),
            (Baseline, 100),
            (Error, 100),
            (Baseline, 100),
            (Slow, 100),
            (Baseline, 100),
        ]);
        assert_eq!(directory.over(700), Vec::<u64>::new());
        assert_eq!(directory.over(600), [3]);
        assert_eq!(directory.over(450), [3, 5, 2]);
        assert_eq!(
            directory.over(400),
            [3, 5, 2],
            "the newest, a baseline, is within its quarter"
        );
        assert_eq!(directory.over(0).len(), 7);
    }

    #[test]
    fn eight_of_a_kind_become_one_unless_they_are_too_far_apart() {
        let kind = |count| directory(&vec![(Policy::Slow, 10); count]);
        assert_eq!(kind(7).mergeable(100), None);
        assert_eq!(kind(8).mergeable(100), Some((1..=8).collect()));
        assert_eq!(kind(8).mergeable(3), Some((1..=4).collect()));
        assert_eq!(kind(8).mergeable(0), None);
        let large = directory(&[(Policy::Slow, FULL_BYTES / 2); 3]);
        assert_eq!(large.mergeable(100), Some(vec![1, 2]));
        let full = directory(&[(Policy::Slow, FULL_BYTES); 9]);
        assert_eq!(full.mergeable(100), None);
    }

    #[test]
    fn a_trace_is_found_where_it_was_added_last() {
        let mut directory = directory(&[(Policy::Slow, 10), (Policy::Slow, 10)]);
        let id = TraceId::new(1).unwrap();
        assert_eq!(directory.place(id), Some(1));
        directory.add(3, block(Policy::Slow, 10, 3), [id]);
        assert_eq!(directory.place(id), Some(3));
        directory.remove(3);
        assert_eq!(directory.place(id), None);
        assert_eq!(directory.taken_bytes, 20);
        assert_eq!(directory.next_number(), 3);
    }
}
