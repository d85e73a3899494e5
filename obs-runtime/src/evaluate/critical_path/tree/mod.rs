//! Spans, their children, and the time within which they are seen.

/// Parents before children, and an end to circles.
mod order;

/// Ends of spans that have none, and the parents that are missing.
mod mend;

/// The time within which spans are seen.
mod bounds;

use std::cmp::Reverse;
use std::hint::black_box;

use super::ids::{Ids, NONE};
use super::{Counts, Node, Options};
use crate::model::trace::Edge;
use order::Order;

/// The most nodes of a trace; places are numbers of 32 bits, and each node can have a missing parent that takes one as well.
pub(super) const MOST: usize = (1 << 31) - 1;

/// From how many spans on a trace is larger than the caches, so that memory is fetched for several spans at once.
const LARGE: usize = 4_096;
/// For how many.
const AT_ONCE: usize = 32;

/// A span of the tree.
#[derive(Clone, Copy)]
pub(super) struct Branch {
    pub(super) id: u64,
    pub(super) start: u64,
    /// Never before the start.
    pub(super) end: u64,
    /// The time within which it is seen.
    pub(super) from: u64,
    pub(super) to: u64,
    /// Places; `NONE` where there is none.
    pub(super) parent: u32,
    pub(super) first: u32,
    pub(super) next: u32,
    pub(super) state: State,
    edge: Edge,
    remote: bool,
    /// Whether its own time can be nothing but run or overlap.
    pub(super) plain: bool,
}

/// How a span is connected to the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It is known; what it is to its parent comes later.
    Taken,
    /// It has none above it.
    Root,
    /// It is waited for.
    Waited,
    /// Nobody waits for it, as its edge says.
    Detached,
    /// Nobody waited for it, as its end says.
    Outliving,
    /// It has no time within its parent's.
    Outside,
    /// It is below one of these.
    Below,
    /// Another one has its id.
    Duplicate,
}

/// Spans and their children; scratch that is used again for each trace.
pub(super) struct Tree {
    /// Those that were given, then those that are missing.
    pub(super) branches: Vec<Branch>,
    /// Without a parent here.
    pub(super) roots: Vec<u32>,
    pub(super) counts: Counts,
    /// That of the trace, or `NONE`.
    pub(super) root: u32,
    ids: Ids,
    /// With a parent that is missing.
    orphans: Vec<u32>,
    /// Of what was a ring of parents, or its own parent.
    cut: Vec<u32>,
    order: Order,
    /// Of `Order::Listed`.
    listed: Vec<u32>,
}

impl Branch {
    fn of(node: &Node) -> Branch {
        Branch {
            id: node.id,
            start: node.start_ns,
            end: node.end_ns.max(node.start_ns),
            from: 0,
            to: 0,
            parent: NONE,
            first: NONE,
            next: NONE,
            state: State::Taken,
            edge: node.edge,
            remote: node.remote_parent,
            plain: node.edge != Edge::Queue && !node.polled && !node.open,
        }
    }
}

impl Tree {
    pub(super) fn new() -> Tree {
        Tree {
            branches: Vec::new(),
            roots: Vec::new(),
            counts: Counts::default(),
            root: NONE,
            ids: Ids::new(),
            orphans: Vec::new(),
            cut: Vec::new(),
            order: Order::Forward,
            listed: Vec::new(),
        }
    }

    /// Makes the tree of these nodes, at most `MOST`.
    pub(super) fn grow(&mut self, nodes: &[Node], options: &Options) {
        self.take_in(nodes);
        self.link(nodes);
        self.put_in_order();
        self.choose_root();
        if self.counts.open > 0 {
            self.end_what_is_open(nodes, options);
        }
        if !self.orphans.is_empty() {
            self.add_missing(nodes, options);
        }
        self.bound(nodes.len(), options);
    }

    /// The places of a span's children.
    pub(super) fn children(&self, of: u32) -> impl Iterator<Item = u32> {
        let first = self.branches[of as usize].first;
        let some = |place: u32| (place != NONE).then_some(place);
        std::iter::successors(some(first), move |place| {
            some(self.branches[*place as usize].next)
        })
    }

    fn take_in(&mut self, nodes: &[Node]) {
        self.branches.clear();
        self.branches.extend(nodes.iter().map(Branch::of));
        self.counts = Counts::default();
        self.ids.clear(nodes.len());
        for first in (0..nodes.len()).step_by(AT_ONCE) {
            let some = &nodes[first..nodes.len().min(first + AT_ONCE)];
            if nodes.len() >= LARGE {
                self.ids.fetch(some.iter().map(|node| node.id));
            }
            for (place, node) in (first as u32..).zip(some) {
                self.counts.backwards += u64::from(node.end_ns < node.start_ns);
                self.counts.open += u64::from(node.open);
                let branches = &self.branches;
                let id_of = |place: u32| branches[place as usize].id;
                if let Some(other) = self.ids.insert(node.id, place, id_of)
                    && node.id != 0
                {
                    self.drop_worse(nodes, other, place);
                }
            }
        }
    }

    /// Of two spans with one id the one that is not kept is the open one, or the later one.
    fn drop_worse(&mut self, nodes: &[Node], earlier: u32, later: u32) {
        let open = |place: u32| nodes[place as usize].open;
        let mut loser = later;
        if open(earlier) && !open(later) {
            loser = earlier;
            let branches = &self.branches;
            let id_of = |place: u32| branches[place as usize].id;
            self.ids.replace(nodes[later as usize].id, later, id_of);
        }
        self.branches[loser as usize].state = State::Duplicate;
        self.counts.duplicates += 1;
        self.counts.open -= u64::from(open(loser));
    }

    /// Hangs each span on its parent. Children are listed in the reverse of the order in which they were given: by falling end,
    /// as the walk wants them, if they came as they ended.
    fn link(&mut self, nodes: &[Node]) {
        self.roots.clear();
        self.orphans.clear();
        self.cut.clear();
        let (mut forward, mut backward) = (true, true);
        let (mut last_id, mut last) = (0, NONE);
        for first in (0..nodes.len()).step_by(AT_ONCE) {
            let some = &nodes[first..nodes.len().min(first + AT_ONCE)];
            if nodes.len() >= LARGE {
                self.fetch_parents(some);
            }
            for (place, node) in (first as u32..).zip(some) {
                if self.branches[place as usize].state == State::Duplicate {
                    continue;
                }
                if node.parent == 0 {
                    self.roots.push(place);
                    continue;
                }
                // Spans of one parent often come together.
                if node.parent != last_id {
                    last_id = node.parent;
                    last = self.find(last_id);
                }
                let parent = last;
                if parent == NONE && node.remote_parent {
                    self.roots.push(place);
                } else if parent == NONE {
                    self.orphans.push(place);
                } else if parent == place {
                    self.cut.push(place);
                } else {
                    forward &= parent < place;
                    backward &= parent > place;
                    self.hang(place, parent);
                }
            }
        }
        self.counts.orphans = self.orphans.len() as u64;
        self.counts.cycles = self.cut.len() as u64;
        self.order = match (forward, backward) {
            (true, _) => Order::Forward,
            (_, true) => Order::Backward,
            _ => Order::Listed,
        };
    }

    #[inline]
    fn find(&self, id: u64) -> u32 {
        self.ids.get(id, |place| self.branches[place as usize].id)
    }

    /// Has the parents of some spans brought near all at once.
    fn fetch_parents(&self, some: &[Node]) {
        self.ids.fetch(some.iter().map(|node| node.parent));
        let touched = some.iter().fold(0, |touched, node| {
            let parent = self.branches.get(self.ids.first(node.parent) as usize);
            touched ^ parent.map_or(0, |parent| parent.first)
        });
        black_box(touched);
    }

    fn hang(&mut self, place: u32, parent: u32) {
        let above = &mut self.branches[parent as usize];
        let next = std::mem::replace(&mut above.first, place);
        let branch = &mut self.branches[place as usize];
        branch.next = next;
        branch.parent = parent;
    }

    /// Spans that come into the process are roots before orphans are, and these before what was cut out of a ring.
    fn choose_root(&mut self) {
        if self.roots.is_empty() {
            self.roots.append(&mut self.orphans);
        }
        if self.roots.is_empty() {
            self.roots.append(&mut self.cut);
        }
        let branches = &self.branches;
        let earliest = |place: &&u32| {
            let branch = &branches[**place as usize];
            (branch.start, Reverse(branch.end), branch.id)
        };
        self.root = self
            .roots
            .iter()
            .min_by_key(earliest)
            .copied()
            .unwrap_or(NONE);
        self.roots.append(&mut self.cut);
    }
}
