//! A second implementation, from the definitions alone: slow, obvious, and with no thought in common with the first.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::critical_path::{Class, Counts, Node, Options, Policy};
use crate::model::trace::Edge;

/// A span: a node that was given, or what stands for a missing parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Node(usize),
    Missing(u64),
}

/// A piece of a path.
pub(super) type Piece = (Who, u64, u64, Class);

/// How long it is waited for, and within which time it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// With its bounds.
    Waited(u64, u64),
    /// Likewise, of one that nobody waits for.
    Free(u64, u64),
    Outlives(u64, u64),
    Outside,
    Below,
}

pub(super) struct Oracle<'a> {
    nodes: &'a [Node],
    options: Options,
    kept: Vec<usize>,
    parents: BTreeMap<Who, Who>,
    ends: BTreeMap<Who, u64>,
    starts: BTreeMap<Who, u64>,
    pub(super) root: Option<usize>,
    pub(super) roots: BTreeSet<usize>,
    pub(super) counts: Counts,
    seen: BTreeMap<Who, Seen>,
    children: BTreeMap<Who, Vec<Who>>,
}

impl<'a> Oracle<'a> {
    pub(super) fn new(nodes: &'a [Node], options: &Options) -> Oracle<'a> {
        let mut oracle = Oracle {
            nodes,
            options: *options,
            kept: Vec::new(),
            parents: BTreeMap::new(),
            ends: BTreeMap::new(),
            starts: BTreeMap::new(),
            root: None,
            roots: BTreeSet::new(),
            counts: Counts::default(),
            seen: BTreeMap::new(),
            children: BTreeMap::new(),
        };
        oracle.keep_one_of_each_id();
        oracle.find_parents();
        oracle.end_the_open();
        oracle.see_everything();
        oracle
    }

    /// The path of the root.
    pub(super) fn path(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if let Some(root) = self.root {
            let root = Who::Node(root);
            self.path_of(root, self.starts[&root], self.ends[&root], &mut pieces);
        }
        pieces.sort_by_key(|piece| piece.1);
        pieces
    }

    fn keep_one_of_each_id(&mut self) {
        for (at, node) in self.nodes.iter().enumerate() {
            let rank = |at: usize| (self.nodes[at].open, at);
            let is_beaten =
                |other: usize| self.nodes[other].id == node.id && rank(other) < rank(at);
            if node.id != 0 && (0..self.nodes.len()).any(is_beaten) {
                self.counts.duplicates += 1;
            } else {
                self.kept.push(at);
                self.counts.open += u64::from(node.open);
                self.starts.insert(Who::Node(at), node.start_ns);
                self.ends
                    .insert(Who::Node(at), node.end_ns.max(node.start_ns));
            }
            self.counts.backwards += u64::from(node.end_ns < node.start_ns);
        }
    }

    fn find_parents(&mut self) {
        let mut above: Vec<Option<usize>> = vec![None; self.nodes.len()];
        let mut orphans = Vec::new();
        for at in &self.kept {
            let node = &self.nodes[*at];
            let parent = self
                .kept
                .iter()
                .find(|other| self.nodes[**other].id == node.parent);
            match parent {
                Some(parent) if node.parent != 0 => above[*at] = Some(*parent),
                _ if node.parent == 0 || node.remote_parent => drop(self.roots.insert(*at)),
                _ => orphans.push(*at),
            }
        }
        self.counts.orphans = orphans.len() as u64;
        // Whoever comes back to itself on the way up is in a ring; the earliest of a ring is cut off.
        let mut cut = BTreeSet::new();
        for at in &self.kept {
            let way = std::iter::successors(above[*at], |at| above[*at]);
            let way: Vec<usize> = way.take(self.nodes.len()).collect();
            if let Some(length) = way.iter().position(|other| other == at) {
                let rank = |at: &usize| (self.nodes[*at].start_ns, self.nodes[*at].id);
                let earliest = way[..=length].iter().min_by_key(|other| rank(other));
                cut.extend(earliest.filter(|earliest| *earliest == at));
            }
        }
        self.counts.cycles = cut.len() as u64;
        cut.iter().for_each(|at| above[*at] = None);
        if self.roots.is_empty() {
            self.roots = orphans.drain(..).collect();
        }
        let candidates = if self.roots.is_empty() {
            &cut
        } else {
            &self.roots
        };
        let rank = |at: &usize| {
            let end = self.ends[&Who::Node(*at)];
            (
                self.nodes[*at].start_ns,
                u64::MAX - end,
                self.nodes[*at].id,
                *at,
            )
        };
        self.root = candidates.iter().min_by_key(|at| rank(at)).copied();
        self.roots.extend(cut);
        for (at, parent) in above.into_iter().enumerate() {
            if let Some(parent) = parent {
                self.parents.insert(Who::Node(at), Who::Node(parent));
            }
        }
        for orphan in orphans {
            let missing = Who::Missing(self.nodes[orphan].parent);
            self.parents.insert(Who::Node(orphan), missing);
            self.parents.insert(
                missing,
                Who::Node(self.root.expect("there is an orphan and a root")),
            );
        }
    }

    fn above(&self, who: Who) -> impl Iterator<Item = Who> {
        std::iter::successors(self.parents.get(&who), |who| self.parents.get(who)).copied()
    }

    fn end_the_open(&mut self) {
        let mut ends = self.ends.clone();
        let climbing = if self.counts.open > 0 {
            self.kept.as_slice()
        } else {
            &[]
        };
        for at in climbing {
            let who = Who::Node(*at);
            let mut end = self.ends[&who];
            if self.nodes[*at].open {
                end = end.max(self.options.now_ns);
            }
            for over in std::iter::once(who).chain(self.above(who)) {
                if let Who::Node(place) = over
                    && self.nodes[place].open
                {
                    let known = ends[&over];
                    ends.insert(over, known.max(end));
                }
            }
        }
        self.ends = ends;
        let orphans: Vec<(Who, Who)> = self.parents.iter().map(|(a, b)| (*a, *b)).collect();
        for (orphan, missing) in orphans {
            let (Who::Node(place), Who::Missing(_)) = (orphan, missing) else {
                continue;
            };
            let start = self.starts[&orphan];
            let known = self.starts.get(&missing).copied().unwrap_or(u64::MAX);
            self.starts.insert(missing, known.min(start));
            let end = match self.nodes[place].edge {
                Edge::Detached => 0,
                _ => self.ends[&orphan],
            };
            let known = self.ends.get(&missing).copied().unwrap_or(0);
            self.ends.insert(missing, known.max(end));
        }
        for (who, start) in &self.starts {
            let end = self.ends[who];
            self.ends.insert(*who, end.max(*start));
        }
    }

    fn see_everything(&mut self) {
        for (who, parent) in &self.parents {
            self.children.entry(*parent).or_default().push(*who);
        }
        let all = self.starts.keys().copied();
        let tops: Vec<Who> = all.filter(|who| !self.parents.contains_key(who)).collect();
        for top in tops {
            self.see_below(top, Seen::Free(self.starts[&top], self.ends[&top]));
        }
    }

    fn see_below(&mut self, who: Who, seen: Seen) {
        self.seen.insert(who, seen);
        self.counts.outside += u64::from(seen == Seen::Outside);
        for child in self.children.get(&who).cloned().unwrap_or_default() {
            let of_child = self.see(who, seen, child);
            let blocking = matches!(of_child, Seen::Waited(..) | Seen::Outlives(..));
            self.counts.outlives += u64::from(blocking && self.is_late(who, child));
            self.see_below(child, of_child);
        }
    }

    fn is_late(&self, parent: Who, child: Who) -> bool {
        let length = u128::from(self.ends[&parent] - self.starts[&parent]);
        let late = length / 1_000 * u128::from(self.options.late_per_mille);
        let tolerated = u128::from(self.options.late_ns) + late;
        u128::from(self.ends[&child]) > u128::from(self.ends[&parent]) + tolerated
    }

    fn see(&self, parent: Who, of_parent: Seen, who: Who) -> Seen {
        let (start, end) = (self.starts[&who], self.ends[&who]);
        let (from, to) = match of_parent {
            Seen::Outside | Seen::Below => return Seen::Below,
            Seen::Waited(from, to) | Seen::Free(from, to) | Seen::Outlives(from, to) => (from, to),
        };
        let (edge, remote) = match who {
            Who::Node(place) => (self.nodes[place].edge, self.nodes[place].remote_parent),
            Who::Missing(_) => (Edge::Call, false),
        };
        if edge == Edge::Detached {
            return Seen::Free(start, end);
        }
        let instant = start == end;
        let inside = if instant {
            from <= start && start <= to
        } else {
            start < to && from < end && from < to
        };
        if !inside {
            return Seen::Outside;
        }
        if self.is_late(parent, who) && self.options.policy == Policy::Detach && !remote {
            return Seen::Outlives(start, end);
        }
        Seen::Waited(start.max(from), end.min(to))
    }

    /// The children that a span waits for and that have some length within it, with their bounds.
    fn waited(&self, who: Who) -> Vec<(Who, u64, u64)> {
        let children = self.children.get(&who).into_iter().flatten();
        let waited = children.filter_map(|child| match self.seen[child] {
            Seen::Waited(from, to) if from < to => Some((*child, from, to)),
            _ => None,
        });
        waited.collect()
    }

    fn path_of(&self, who: Who, lo: u64, hi: u64, pieces: &mut Vec<Piece>) {
        let children = self.waited(who);
        let id = |who: &Who| match who {
            Who::Node(place) => (self.nodes[*place].id, *place),
            Who::Missing(id) => (*id, 0),
        };
        let mut taken = BTreeSet::new();
        let mut own = Vec::new();
        let mut now = hi;
        loop {
            // The last that had ended by now, and began before.
            let had_ended = children.iter().filter(|(_, from, to)| {
                *to <= now.saturating_add(self.options.skew_ns)
                    && *from < (*to).min(now)
                    && *to > lo
            });
            let rank = |(who, _, to): &(Who, u64, u64)| (u64::MAX - to, self.starts[who], id(who));
            let Some((last, from, to)) = had_ended.min_by_key(|child| rank(child)) else {
                break;
            };
            own.push(((*to).min(now), now));
            self.path_of(*last, (*from).max(lo), (*to).min(now), pieces);
            taken.insert(*last);
            now = (*from).max(lo);
        }
        own.push((lo, now));
        let beside: Vec<(u64, u64)> = children
            .iter()
            .filter(|(child, ..)| !taken.contains(child))
            .map(|(_, from, to)| (*from, *to))
            .collect();
        self.classify(who, hi, &own, &beside, pieces);
    }

    /// Own time, the latest first, cut wherever its class may change.
    fn classify(
        &self,
        who: Who,
        hi: u64,
        own: &[(u64, u64)],
        beside: &[(u64, u64)],
        pieces: &mut Vec<Piece>,
    ) {
        let mut to_divide = Vec::new();
        for (from, to) in own.iter().filter(|(from, to)| from < to) {
            let node = match who {
                Who::Missing(_) => {
                    pieces.push((who, *from, *to, Class::Gap));
                    continue;
                }
                Who::Node(place) => &self.nodes[place],
            };
            if node.edge == Edge::Queue {
                pieces.push((who, *from, *to, Class::Queue));
            } else if node.open && *to == hi {
                pieces.push((who, *from, *to, Class::Open));
            } else {
                let mut cuts = BTreeSet::from([*from, *to]);
                let ends = beside.iter().flat_map(|(from, to)| [*from, *to]);
                cuts.extend(ends.filter(|cut| from < cut && cut < to));
                let cuts: Vec<u64> = cuts.into_iter().collect();
                let overlaps =
                    |a: u64, b: u64| beside.iter().any(|(from, to)| *from <= a && b <= *to);
                let is_overlap: Vec<bool> = cuts
                    .windows(2)
                    .map(|cut| overlaps(cut[0], cut[1]))
                    .collect();
                // Neighbours of one class are one piece.
                let mut at = 0;
                let mut of_this = Vec::new();
                for same in is_overlap.chunk_by(|a, b| a == b) {
                    let (a, b) = (cuts[at], cuts[at + same.len()]);
                    at += same.len();
                    if same[0] {
                        pieces.push((who, a, b, Class::Overlap));
                    } else {
                        of_this.push((a, b));
                    }
                }
                to_divide.extend(of_this.into_iter().rev());
            }
        }
        self.divide(who, &to_divide, pieces);
    }

    fn divide(&self, who: Who, own: &[(u64, u64)], pieces: &mut Vec<Piece>) {
        let Who::Node(place) = who else { return };
        let wall = self.ends[&who] - self.starts[&who];
        let busy = match self.nodes[place].polled {
            true => self.nodes[place].busy_ns.min(wall),
            false => wall,
        };
        let (mut sum, mut given) = (0_u128, 0_u128);
        for (from, to) in own {
            sum += u128::from(to - from);
            let of_all = sum * u128::from(busy) / u128::from(wall);
            let run = (of_all - given) as u64;
            given = of_all;
            pieces.push((who, *from, from + run, Class::Run));
            pieces.push((who, from + run, *to, Class::Wait));
        }
        pieces.retain(|(_, from, to, _)| from < to);
    }
}
