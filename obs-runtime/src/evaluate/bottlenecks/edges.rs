//! From an operation below a path to a path: an open-addressing table of the size of a cache line for four.

use std::hash::{BuildHasher, RandomState};

use super::Operation;

/// Odd, with its ones spread evenly: the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// No path.
pub(super) const NONE: u32 = u32::MAX;

/// From an operation below a path to a path.
#[derive(Clone)]
pub(super) struct Edges {
    /// A power of two of them, at most half of them taken.
    slots: Vec<Edge>,
    taken: usize,
    /// Differs from table to table, so that nobody can choose names that collide.
    seed: u64,
}

#[derive(Clone, Copy)]
struct Edge {
    above: u32,
    operation: Operation,
    /// `NONE` where the slot is free.
    path: u32,
}

const FREE: Edge = Edge {
    above: NONE,
    operation: Operation::OTHER,
    path: NONE,
};

impl Edges {
    pub(super) fn new() -> Edges {
        Edges {
            slots: vec![FREE; 64],
            taken: 0,
            seed: RandomState::new().hash_one(0_u64),
        }
    }

    /// The path of an operation below a path, or `NONE`.
    #[inline]
    pub(super) fn get(&self, above: u32, operation: Operation) -> u32 {
        self.slots[self.find(above, operation)].path
    }

    /// Says that this is the path of an operation below a path, for which there was none.
    pub(super) fn insert(&mut self, above: u32, operation: Operation, path: u32) {
        if (self.taken + 1) * 2 > self.slots.len() {
            let more = vec![FREE; self.slots.len() * 2];
            for edge in std::mem::replace(&mut self.slots, more) {
                if edge.path != NONE {
                    let at = self.find(edge.above, edge.operation);
                    self.slots[at] = edge;
                }
            }
        }
        let at = self.find(above, operation);
        self.slots[at] = Edge {
            above,
            operation,
            path,
        };
        self.taken += 1;
    }

    /// Forgets all, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.slots.fill(FREE);
        self.taken = 0;
    }

    /// The slot of an operation below a path, or the free one for it.
    #[inline]
    fn find(&self, above: u32, operation: Operation) -> usize {
        let mask = self.slots.len() - 1;
        let low = u64::from(operation.operation) | u64::from(operation.component) << 32;
        let key = (low ^ self.seed).wrapping_add(u64::from(above).wrapping_mul(SPREAD));
        let product = u128::from(key) * u128::from(SPREAD);
        let mut at = ((product >> 64) as u64 ^ product as u64) as usize & mask;
        loop {
            let edge = &self.slots[at];
            if edge.path == NONE || (edge.above == above && edge.operation == operation) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }
}
