//! Ends of spans that have none, and the parents that are missing.

use super::{Branch, State, Tree};
use crate::evaluate::critical_path::ids::NONE;
use crate::evaluate::critical_path::{Node, Options};
use crate::model::trace::Edge;

impl Tree {
    /// A span that has not ended lasts at least as long as all below it, and until now. The latest end of a span and all below
    /// it is kept in `to`, where the time within which it is seen is written later.
    pub(super) fn end_what_is_open(&mut self, nodes: &[Node], options: &Options) {
        for branch in &mut self.branches {
            branch.to = branch.end;
        }
        for position in (0..self.positions(nodes.len())).rev() {
            let place = self.at(position, nodes.len());
            let branch = &mut self.branches[place];
            if branch.state == State::Duplicate {
                continue;
            }
            if nodes[place].open {
                branch.to = branch.to.max(options.now_ns);
                branch.end = branch.to;
            }
            let (latest, parent) = (branch.to, branch.parent);
            if parent != NONE {
                let above = &mut self.branches[parent as usize];
                above.to = above.to.max(latest);
            }
        }
        let root = self.root as usize;
        if root < nodes.len() && nodes[root].open {
            let orphans = self.orphans.iter();
            let latest = orphans.map(|orphan| self.branches[*orphan as usize].to);
            self.branches[root].end = latest.fold(self.branches[root].end, u64::max);
        }
    }

    /// Makes a child of the root for each parent that is missing, and hangs its orphans on it.
    pub(super) fn add_missing(&mut self, nodes: &[Node], options: &Options) {
        let mut orphans = std::mem::take(&mut self.orphans);
        orphans.sort_unstable_by_key(|orphan| (nodes[*orphan as usize].parent, *orphan));
        self.bound_root(self.root as usize);
        for of_one in
            orphans.chunk_by(|a, b| nodes[*a as usize].parent == nodes[*b as usize].parent)
        {
            let missing = self.branches.len() as u32;
            let branch = self.stand_in(nodes, of_one);
            self.branches.push(branch);
            self.hang(missing, self.root);
            for orphan in of_one {
                self.hang(*orphan, missing);
            }
            self.bound_child(missing as usize, options);
        }
        self.orphans = orphans;
    }

    /// What stands for the missing parent of these orphans: from their first start to the last end of those that it waits for.
    fn stand_in(&self, nodes: &[Node], orphans: &[u32]) -> Branch {
        let (mut start, mut end) = (u64::MAX, 0);
        for orphan in orphans {
            let branch = &self.branches[*orphan as usize];
            start = start.min(branch.start);
            if nodes[*orphan as usize].edge != Edge::Detached {
                end = end.max(branch.end);
            }
        }
        Branch {
            id: orphans
                .first()
                .map_or(0, |orphan| nodes[*orphan as usize].parent),
            start,
            end: end.max(start),
            from: 0,
            to: 0,
            parent: NONE,
            first: NONE,
            next: NONE,
            state: State::Taken,
            edge: Edge::Call,
            remote: false,
            plain: false,
        }
    }
}
