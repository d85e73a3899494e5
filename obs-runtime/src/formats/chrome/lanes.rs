//! Which lane each span lies on: on a lane spans follow each other or contain each other, and never overlap otherwise.
//!
//! Spans are laid by start, the longest first. A span lies on its parent's lane if the parent is the innermost there and contains it, else
//! on the first lane that is free or whose innermost is a containing ancestor, else on a new one. Nothing recurses, and a span costs
//! the logarithm of the lanes, however many overlap.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::model::trace::Span;

/// How many ancestors of a span are asked for a place: with more, a deep trace would take quadratic time.
const ASKED: usize = 64;

/// Where the spans of a trace lie.
pub(super) struct Lanes {
    /// The spans in the order in which they are laid, by their place in the trace.
    pub(super) order: Vec<usize>,
    /// The parent of each span, if it is in the trace.
    pub(super) parents: Vec<Option<usize>>,
    /// The lane of each span, from 0.
    pub(super) lanes: Vec<usize>,
    /// How many lanes there are.
    pub(super) count: usize,
}

impl Lanes {
    /// Lays the spans of a trace.
    pub(super) fn of(spans: &[Span]) -> Lanes {
        let places: HashMap<_, _> = spans
            .iter()
            .zip(0..)
            .map(|(span, at)| (span.id, at))
            .collect();
        let parent = |span: &Span| places.get(&span.parent?).copied();
        let parents: Vec<_> = spans.iter().map(parent).collect();
        let depths = depths(&parents);
        let mut order: Vec<_> = (0..spans.len()).collect();
        // Where a child is as long as its parent, the parent comes first.
        order.sort_by_key(|&at| {
            let span = &spans[at];
            (span.start_ns, Reverse(span.end_ns), depths[at], span.id)
        });
        let mut laying = Laying {
            spans,
            parents: &parents,
            lanes: vec![None; spans.len()],
            stacks: Vec::new(),
            busy: BinaryHeap::new(),
            free: BinaryHeap::new(),
        };
        order.iter().for_each(|&at| laying.lay(at));
        let count = laying.stacks.len();
        let lanes = laying
            .lanes
            .into_iter()
            .map(|lane| lane.unwrap_or_default());
        Lanes {
            lanes: lanes.collect(),
            order,
            parents,
            count,
        }
    }
}

/// How many ancestors each span has; in a circle, how many until it closes.
fn depths(parents: &[Option<usize>]) -> Vec<u64> {
    let mut depths: Vec<Option<u64>> = vec![None; parents.len()];
    let mut path = Vec::new();
    let mut is_on_path = vec![false; parents.len()];
    for start in 0..parents.len() {
        let mut next = Some(start);
        while let Some(at) = next.filter(|&at| depths[at].is_none() && !is_on_path[at]) {
            is_on_path[at] = true;
            path.push(at);
            next = parents[at];
        }
        let mut depth = next.and_then(|at| depths[at]).map_or(0, |depth| depth + 1);
        while let Some(at) = path.pop() {
            depths[at] = Some(depth);
            depth += 1;
        }
    }
    depths.into_iter().map(Option::unwrap_or_default).collect()
}

/// Lanes while spans are laid.
struct Laying<'a> {
    spans: &'a [Span],
    parents: &'a [Option<usize>],
    lanes: Vec<Option<usize>>,
    /// What is open on each lane, from the outermost in.
    stacks: Vec<Vec<usize>>,
    /// When the outermost span of each lane that has one ends.
    busy: BinaryHeap<Reverse<(u64, usize)>>,
    /// Lanes with nothing open, the first on top.
    free: BinaryHeap<Reverse<usize>>,
}

impl Laying<'_> {
    fn lay(&mut self, at: usize) {
        let (start, end) = (self.spans[at].start_ns, self.spans[at].end_ns);
        self.free_until(start);
        let parent = self.parents[at];
        let lane = parent
            .and_then(|parent| self.around(parent, start, end))
            .unwrap_or_else(|| self.elsewhere(at));
        if self.stacks[lane].is_empty() {
            self.busy.push(Reverse((end, lane)));
        }
        self.stacks[lane].push(at);
        self.lanes[at] = Some(lane);
    }

    /// Frees the lanes whose outermost span has ended.
    fn free_until(&mut self, now: u64) {
        while let Some(&Reverse((end, lane))) = self.busy.peek() {
            if end > now {
                return;
            }
            self.busy.pop();
            self.stacks[lane].clear();
            self.free.push(Reverse(lane));
        }
    }

    /// The lane on which this span is the innermost, if it contains these times.
    fn around(&mut self, span: usize, start: u64, end: u64) -> Option<usize> {
        let lane = self.lanes[span]?;
        let stack = &mut self.stacks[lane];
        while stack
            .last()
            .is_some_and(|&last| self.spans[last].end_ns <= start)
        {
            stack.pop();
        }
        let contains = stack.last() == Some(&span) && self.spans[span].end_ns >= end;
        contains.then_some(lane)
    }

    /// The first lane that is free or that an ancestor has a place on, or a new one.
    fn elsewhere(&mut self, at: usize) -> usize {
        let (start, end) = (self.spans[at].start_ns, self.spans[at].end_ns);
        let free = self.free.peek().map(|lane| lane.0);
        let mut first = free;
        let mut ancestor = self.parents[at].and_then(|parent| self.parents[parent]);
        for _ in 0..ASKED {
            let Some(span) = ancestor else { break };
            let lane = self.around(span, start, end);
            first = [first, lane].into_iter().flatten().min();
            ancestor = self.parents[span];
        }
        if first.is_some() && first == free {
            self.free.pop();
        }
        first.unwrap_or_else(|| {
            self.stacks.push(Vec::new());
            self.stacks.len() - 1
        })
    }
}
