//! The path of a trace whose spans lie in one another, as those of one thread do: found in one look from its end, without a tree.
//!
//! Most traces are so. Their spans come as they ended, so that from the last one backwards each is preceded by its parent and by its
//! later siblings. Where each lies within its parent, and ends before the next of its siblings starts, all of them are on the path. Ids are
//! given out in order as spans start, so that each is above its parent's and below those of its later siblings: then no two are the same.
//! Where any of this does not hold the tree says what does.

use super::Node;
use super::segment::{Class, Segment, Step};
use super::walk::Walk;
use crate::model::trace::Edge;

/// A span of which everything later than `cur` is known.
#[derive(Clone, Copy)]
pub(super) struct Around {
    node: u32,
    id: u64,
    start: u64,
    cur: u64,
    /// The least id of what was later; what is below it has less.
    bound: u64,
}

impl Walk {
    /// Finds the path, and says the place of its root; `None` where the spans do not simply lie in one another, or did not come as they
    /// ended.
    pub(super) fn walk_nested(&mut self, nodes: &[Node]) -> Option<u32> {
        self.segments.clear();
        self.steps.clear();
        self.around.clear();
        let (root, others) = nodes.split_last()?;
        if !is_simple(root) || !is_root(root) || root.start_ns == root.end_ns {
            return None;
        }
        let place = others.len() as u32;
        self.steps.push(Step {
            from_ns: root.start_ns,
            to_ns: root.end_ns,
            node: place,
            above: place,
        });
        let mut around = Around::of(root, place, u64::MAX);
        for (place, node) in (0..place).zip(others).rev() {
            if !is_simple(node) || is_root(node) {
                return None;
            }
            while around.id != node.parent {
                around.end(&mut self.segments);
                around = self.around.pop()?;
            }
            let is_new = around.id < node.id && node.id < around.bound;
            let is_within = around.start <= node.start_ns && node.end_ns <= around.cur;
            if !is_new || !is_within {
                return None;
            }
            let bound = std::mem::replace(&mut around.bound, node.id);
            if node.start_ns == node.end_ns {
                // No path has it. What is below it finds no parent.
                continue;
            }
            around.own(node.end_ns, &mut self.segments);
            around.cur = node.start_ns;
            self.steps.push(Step {
                from_ns: node.start_ns,
                to_ns: node.end_ns,
                node: place,
                above: around.node,
            });
            self.around.push(around);
            around = Around::of(node, place, bound);
        }
        around.end(&mut self.segments);
        while let Some(above) = self.around.pop() {
            above.end(&mut self.segments);
        }
        self.segments.reverse();
        Some(others.len() as u32)
    }
}

impl Around {
    #[inline]
    fn of(node: &Node, place: u32, bound: u64) -> Around {
        Around {
            node: place,
            id: node.id,
            start: node.start_ns,
            cur: node.end_ns,
            bound,
        }
    }

    /// Adds its own time from that moment on.
    #[inline]
    fn own(&self, from_ns: u64, into: &mut Vec<Segment>) {
        if from_ns < self.cur {
            into.push(Segment {
                from_ns,
                to_ns: self.cur,
                node: self.node,
                class: Class::Run,
            });
        }
    }

    /// Adds what is left of it.
    #[inline]
    fn end(&self, into: &mut Vec<Segment>) {
        self.own(self.start, into);
    }
}

/// Whether its own time can be nothing but run, and its parent waits for it.
#[inline]
fn is_simple(node: &Node) -> bool {
    node.edge == Edge::Call
        && !node.polled
        && !node.open
        && node.id != 0
        && node.start_ns <= node.end_ns
}

#[inline]
fn is_root(node: &Node) -> bool {
    node.parent == 0 || node.remote_parent
}
