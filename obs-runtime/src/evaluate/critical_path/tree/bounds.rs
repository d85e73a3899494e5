//! The time within which spans are seen: for one that is waited for, that of its parent.

use std::hint::black_box;
use std::ops::Range;

use super::{AT_ONCE, LARGE, State, Tree};
use crate::evaluate::critical_path::ids::NONE;
use crate::evaluate::critical_path::{Options, Policy};
use crate::model::trace::Edge;

impl Tree {
    /// Says of each span when it is seen, and how it is connected to the one above it.
    pub(super) fn bound(&mut self, nodes: usize, options: &Options) {
        let positions = self.positions(nodes);
        for first in (0..positions).step_by(AT_ONCE) {
            let some = first..positions.min(first + AT_ONCE);
            if nodes >= LARGE {
                self.fetch_above(some.clone(), nodes);
            }
            for position in some {
                let place = self.at(position, nodes);
                let branch = &self.branches[place];
                if branch.state == State::Duplicate {
                    continue;
                }
                if branch.parent == NONE {
                    self.bound_root(place);
                } else {
                    self.bound_child(place, options);
                }
            }
        }
    }

    /// Has the parents of some spans brought near all at once.
    fn fetch_above(&self, positions: Range<usize>, nodes: usize) {
        let touched = positions.fold(0, |touched, position| {
            let parent = self.branches[self.at(position, nodes)].parent;
            let parent = self.branches.get(parent as usize);
            touched ^ parent.map_or(0, |parent| parent.from)
        });
        black_box(touched);
    }

    pub(super) fn bound_root(&mut self, place: usize) {
        let branch = &mut self.branches[place];
        (branch.from, branch.to) = (branch.start, branch.end);
        branch.state = State::Root;
    }

    /// The same of one child, whose parent is bounded.
    #[inline]
    pub(super) fn bound_child(&mut self, place: usize, options: &Options) {
        let above = &self.branches[self.branches[place].parent as usize];
        let (start, end, state) = (above.start, above.end, above.state);
        let (above_from, above_to) = (above.from, above.to);
        let branch = &mut self.branches[place];
        // One that is not waited for is seen whenever it ran.
        (branch.from, branch.to) = (branch.start, branch.end);
        if matches!(state, State::Outside | State::Below) {
            branch.state = State::Below;
            return;
        }
        if branch.edge == Edge::Detached {
            branch.state = State::Detached;
            return;
        }
        let (from, to) = (branch.start.max(above_from), branch.end.min(above_to));
        if from > to || (from == to && branch.start < branch.end) {
            branch.state = State::Outside;
            self.counts.outside += 1;
            return;
        }
        if branch.end > end && branch.end - end > options.late(end - start) {
            self.counts.outlives += 1;
            if options.policy == Policy::Detach && !branch.remote {
                branch.state = State::Outliving;
                return;
            }
        }
        (branch.from, branch.to) = (from, to);
        branch.state = State::Waited;
    }
}
