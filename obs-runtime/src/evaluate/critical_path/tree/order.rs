//! Parents before children, and an end to circles.

use std::hint::black_box;

use super::{AT_ONCE, LARGE, State, Tree};
use crate::evaluate::critical_path::ids::NONE;

/// In which order parents come before their children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// As they were given: by start.
    Forward,
    /// From the last to the first: they were given by end.
    Backward,
    /// As they were found from the roots.
    Listed,
}

/// What a span that leads to a root is marked with; others are marked with the place, plus 1, from where they were found.
const REACHED: u64 = u64::MAX;

impl Tree {
    /// Finds an order, unless one is known. Where all parents were given before their children, or all after them, no span
    /// can be below itself; otherwise this is seen by spans that no root leads to.
    pub(super) fn put_in_order(&mut self) {
        if self.order != Order::Listed {
            return;
        }
        self.listed.clear();
        for tops in [&self.roots, &self.orphans, &self.cut] {
            self.listed.extend_from_slice(tops);
        }
        self.list_below(0);
        let named = self.branches.len() - self.counts.duplicates as usize;
        if self.listed.len() < named {
            let listed = self.listed.len();
            self.cut_rings();
            self.list_below(listed);
        }
    }

    /// The place that comes at a position of the order.
    pub(super) fn at(&self, position: usize, nodes: usize) -> usize {
        match self.order {
            Order::Forward => position,
            Order::Backward => nodes - 1 - position,
            Order::Listed => self.listed[position] as usize,
        }
    }

    /// How many positions the order has; there may be duplicates among them.
    pub(super) fn positions(&self, nodes: usize) -> usize {
        match self.order {
            Order::Listed => self.listed.len(),
            _ => nodes,
        }
    }

    /// Lists the children of what is listed from here on. Of a large trace some are brought near at once before.
    fn list_below(&mut self, mut position: usize) {
        let mut fetched = position;
        while position < self.listed.len() {
            if position == fetched && self.branches.len() >= LARGE {
                fetched = self.listed.len().min(position + AT_ONCE);
                let ahead = self.listed[position..fetched].iter();
                black_box(ahead.fold(0, |sum, place| sum ^ self.branches[*place as usize].first));
            }
            let mut child = self.branches[self.listed[position] as usize].first;
            while child != NONE {
                self.listed.push(child);
                child = self.branches[child as usize].next;
            }
            position += 1;
        }
    }

    /// Cuts each ring at the earliest of its spans, which is listed.
    fn cut_rings(&mut self) {
        for place in &self.listed {
            self.branches[*place as usize].from = REACHED;
        }
        for place in 0..self.branches.len() {
            if self.branches[place].state == State::Duplicate {
                continue;
            }
            let (mark, mut at) = (place as u64 + 1, place);
            while self.branches[at].from == 0 {
                self.branches[at].from = mark;
                at = self.branches[at].parent as usize;
            }
            if self.branches[at].from == mark {
                let earliest = self.earliest_of_ring(at);
                self.cut_off(earliest);
            }
        }
    }

    fn earliest_of_ring(&self, of: usize) -> u32 {
        let rank = |place: usize| (self.branches[place].start, self.branches[place].id);
        let (mut earliest, mut at) = (of, self.branches[of].parent as usize);
        while at != of {
            if rank(at) < rank(earliest) {
                earliest = at;
            }
            at = self.branches[at].parent as usize;
        }
        earliest as u32
    }

    fn cut_off(&mut self, place: u32) {
        let branch = &mut self.branches[place as usize];
        let next = std::mem::replace(&mut branch.next, NONE);
        let parent = std::mem::replace(&mut branch.parent, NONE) as usize;
        if self.branches[parent].first == place {
            self.branches[parent].first = next;
        } else {
            let mut at = self.branches[parent].first as usize;
            while self.branches[at].next != place {
                at = self.branches[at].next as usize;
            }
            self.branches[at].next = next;
        }
        // A mark that no other walk up this way takes for its own.
        self.branches[place as usize].from = REACHED;
        self.cut.push(place);
        self.listed.push(place);
        self.counts.cycles += 1;
    }
}
