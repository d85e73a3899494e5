//! Spans in the order of a tree: each before those below it, those below one span by start.

use std::collections::HashMap;

use obs_runtime::api::traces::Span;
use obs_runtime::model::trace::{SpanId, Trace};

/// Spans as a tree, by their places in the trace.
pub(super) struct Tree {
    /// The places in the order of the tree.
    pub(super) order: Vec<u32>,
    /// Of each place the span above it, if any.
    above: Vec<Option<u32>>,
    /// Of each place its number in the order.
    numbers: Vec<u32>,
    depths: Vec<u32>,
    below: Vec<u32>,
    orphans: Vec<bool>,
}

impl Tree {
    /// Of a trace whose critical path has this root; orphans hang on it.
    pub(super) fn of(trace: &Trace, root: Option<u32>) -> Tree {
        let spans = &trace.spans;
        let mut places: HashMap<SpanId, u32> = HashMap::with_capacity(spans.len());
        for (place, span) in (0..).zip(spans) {
            places.entry(span.id).or_insert(place);
        }
        let mut orphans = vec![false; spans.len()];
        let mut above: Vec<Option<u32>> = Vec::with_capacity(spans.len());
        for (place, span) in (0..).zip(spans) {
            let parent = span.parent.and_then(|parent| places.get(&parent).copied());
            let lost = span.parent.is_some() && parent.is_none() && !span.remote_parent;
            orphans[place as usize] = lost;
            above.push(match root {
                // Whatever its parent is: from the root downwards there is a way to every span of its tree.
                Some(root) if root == place => None,
                Some(_) if lost => root,
                _ => parent.filter(|parent| *parent != place),
            });
        }
        cut_rings(&mut above);
        Tree::grown(above, orphans)
    }

    fn grown(above: Vec<Option<u32>>, orphans: Vec<bool>) -> Tree {
        let count = above.len();
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); count];
        let mut waiting: Vec<u32> = Vec::new();
        for (place, parent) in (0..).zip(&above) {
            match parent {
                Some(parent) => children[*parent as usize].push(place),
                None => waiting.push(place),
            }
        }
        waiting.reverse();
        let mut tree = Tree {
            order: Vec::with_capacity(count),
            numbers: vec![0; count],
            depths: vec![0; count],
            below: vec![0; count],
            above,
            orphans,
        };
        while let Some(place) = waiting.pop() {
            let at = place as usize;
            if let Some(parent) = tree.above[at] {
                tree.depths[at] = tree.depths[parent as usize] + 1;
            }
            tree.numbers[at] = u32::try_from(tree.order.len()).unwrap_or(u32::MAX);
            tree.order.push(place);
            waiting.extend(children[at].iter().rev());
        }
        for place in tree.order.iter().rev() {
            if let Some(parent) = tree.above[*place as usize] {
                tree.below[parent as usize] += tree.below[*place as usize] + 1;
            }
        }
        tree
    }

    /// The number that the span at a place has in the order.
    pub(super) fn number(&self, place: u32) -> u32 {
        self.numbers[place as usize]
    }

    /// Tells a span where it hangs.
    pub(super) fn hang(&self, place: u32, span: &mut Span) {
        let at = place as usize;
        span.above = self.above[at].map(|parent| self.number(parent));
        span.depth = self.depths[at];
        span.below = self.below[at];
        span.orphan = self.orphans[at];
    }
}

/// Where spans are each other's parents the first of them, which is the earliest, becomes the top of a tree.
fn cut_rings(above: &mut [Option<u32>]) {
    // In which walk a span was seen; none is seen before any.
    let mut seen = vec![0; above.len()];
    for (start, walk) in (0..above.len()).zip(1u32..) {
        let mut at = start;
        while seen[at] == 0 {
            seen[at] = walk;
            match above[at] {
                Some(parent) => at = parent as usize,
                None => break,
            }
        }
        if seen[at] != walk || above[at].is_none() {
            continue;
        }
        // Seen twice on one walk: a ring, which is gone round once for its first.
        let (mut first, mut next) = (at, at);
        while let Some(parent) = above[next] {
            next = parent as usize;
            first = first.min(next);
            if next == at {
                break;
            }
        }
        above[first] = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(above: &[Option<u32>]) -> Tree {
        let mut above = above.to_vec();
        cut_rings(&mut above);
        let orphans = vec![false; above.len()];
        Tree::grown(above, orphans)
    }

    #[test]
    fn each_stands_before_those_below_it() {
        let tree = tree(&[None, Some(0), Some(0), Some(1), Some(2), None]);
        assert_eq!(tree.order, [0, 1, 3, 2, 4, 5]);
        assert_eq!(tree.depths, [0, 1, 1, 2, 2, 0]);
        assert_eq!(tree.below, [4, 1, 1, 0, 0, 0]);
    }

    #[test]
    fn a_ring_is_cut_at_its_first_span() {
        let tree = tree(&[None, Some(2), Some(3), Some(2), Some(4)]);
        assert_eq!(tree.above, [None, Some(2), None, Some(2), None]);
        assert_eq!(tree.order.len(), 5);
    }

    #[test]
    fn ten_thousand_levels_are_no_trouble() {
        let above: Vec<_> = (0..10_000u32).map(|place| place.checked_sub(1)).collect();
        let tree = tree(&above);
        assert_eq!((tree.depths[9_999], tree.below[0]), (9_999, 9_999));
    }
}
