//! A trace as a tree: rows, each before those below it.

use std::collections::HashMap;

use crate::evaluate::critical_path::{Analysis, Standing};
use crate::model::trace::{Span, SpanId, Trace};

/// A trace as a tree.
#[derive(Debug)]
pub(super) struct Tree {
    /// Each before those below it, those below one span by start.
    pub(super) rows: Vec<Row>,
    /// In which row each span is, in the order of the trace's spans.
    row_of: Vec<u32>,
}

/// A span in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// The span, by its place in the trace.
    pub(super) span: u32,
    /// The row of the span that it hangs on.
    pub(super) above: Option<u32>,
    /// How many are above it.
    pub(super) depth: u32,
    /// How many are below it: the next rows.
    pub(super) below: u32,
    /// Whether its parent should be there and is not: then it hangs on the root.
    pub(super) is_orphan: bool,
}

/// What a span hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hangs {
    /// Nothing.
    Top,
    On(u32),
    /// The root, in place of its parent.
    Orphan(u32),
}

impl Tree {
    /// The tree of a trace. The analysis is that of the whole trace, which says what its roots are.
    pub(super) fn of(trace: &Trace, analysis: &Analysis) -> Tree {
        let hangs = hangs(trace, analysis);
        let (first_child, next_sibling) = linked(&hangs);
        let mut tree = Tree {
            rows: Vec::with_capacity(hangs.len()),
            row_of: vec![u32::MAX; hangs.len()],
        };
        let tops = (0..).zip(&hangs).filter(|(_, hangs)| **hangs == Hangs::Top);
        let tops = tops.map(|(span, _)| span);
        let tops = analysis.root.into_iter().chain(tops);
        // Whatever a ring of parents leaves over comes last.
        let mut waiting = Vec::new();
        for top in tops.chain(0..hangs.len() as u32) {
            if tree.row_of[top as usize] != u32::MAX {
                continue;
            }
            waiting.push((top, None));
            while let Some((span, above)) = waiting.pop() {
                if tree.row_of[span as usize] != u32::MAX {
                    continue;
                }
                let row = tree.add(span, above, hangs[span as usize]);
                let from = waiting.len();
                let mut child = first_child[span as usize];
                while child != u32::MAX {
                    waiting.push((child, Some(row)));
                    child = next_sibling[child as usize];
                }
                // The first is taken first.
                waiting[from..].reverse();
            }
        }
        tree.count_below();
        tree
    }

    fn add(&mut self, span: u32, above: Option<u32>, hangs: Hangs) -> u32 {
        let row = self.rows.len() as u32;
        self.row_of[span as usize] = row;
        self.rows.push(Row {
            span,
            above,
            depth: above.map_or(0, |above| self.rows[above as usize].depth + 1),
            below: 0,
            is_orphan: matches!(hangs, Hangs::Orphan(_)),
        });
        row
    }

    fn count_below(&mut self) {
        for row in (0..self.rows.len()).rev() {
            let Row { above, below, .. } = self.rows[row];
            if let Some(above) = above {
                self.rows[above as usize].below += below + 1;
            }
        }
    }

    /// The row of a span, by its place in the trace; `None` for one that is missing.
    pub(super) fn row(&self, span: u32) -> Option<u32> {
        self.row_of.get(span as usize).copied()
    }
}

/// What each span hangs on.
fn hangs(trace: &Trace, analysis: &Analysis) -> Vec<Hangs> {
    let mut places: HashMap<SpanId, u32> = HashMap::with_capacity(trace.spans.len());
    let facts = analysis.facts.iter();
    for ((place, span), facts) in (0..).zip(&trace.spans).zip(facts) {
        if facts.standing != Standing::Duplicate {
            places.insert(span.id, place);
        }
    }
    let mut is_root = vec![false; trace.spans.len()];
    for root in analysis.root.iter().chain(&analysis.other_roots) {
        // Among the roots there may be those of missing parents, which have no row.
        if let Some(is_root) = is_root.get_mut(*root as usize) {
            *is_root = true;
        }
    }
    let hangs = |(place, span): (u32, &Span)| {
        let Some(parent) = span.parent.filter(|_| !is_root[place as usize]) else {
            return Hangs::Top;
        };
        match (places.get(&parent), analysis.root) {
            (Some(parent), _) => Hangs::On(*parent),
            (None, Some(root)) if (root as usize) < trace.spans.len() => Hangs::Orphan(root),
            _ => Hangs::Top,
        }
    };
    (0..).zip(&trace.spans).map(hangs).collect()
}

/// The first child of each span, and the next of those that hang on the same: in the order of the trace's spans, which is that of
/// their starts.
fn linked(hangs: &[Hangs]) -> (Vec<u32>, Vec<u32>) {
    let mut first_child = vec![u32::MAX; hangs.len()];
    let mut next_sibling = vec![u32::MAX; hangs.len()];
    for (place, hangs) in hangs.iter().enumerate().rev() {
        if let Hangs::On(above) | Hangs::Orphan(above) = *hangs {
            next_sibling[place] = std::mem::replace(&mut first_child[above as usize], place as u32);
        }
    }
    (first_child, next_sibling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::critical_path::{Options, analyse};
    use crate::model::trace::fixture::{any_trace, span, trace};

    fn rows(of: &Trace) -> Vec<(u64, Option<u32>, u32, u32, bool)> {
        let analysis = analyse(of, None, &Options::of(of));
        let tree = Tree::of(of, &analysis);
        let row = |row: &Row| {
            let id = of.spans[row.span as usize].id.get();
            (id, row.above, row.depth, row.below, row.is_orphan)
        };
        tree.rows.iter().map(row).collect()
    }

    #[test]
    fn rows_are_above_what_is_below_them_and_orphans_hang_on_the_root() {
        let of = trace(
            1,
            vec![
                span(9, None, "other root", (0, 1)),
                span(1, None, "root", (0, 100)),
                span(2, Some(1), "first", (5, 50)),
                span(4, Some(2), "below", (6, 7)),
                span(5, Some(77), "orphan", (8, 9)),
                span(3, Some(1), "second", (20, 60)),
            ],
        );
        assert_eq!(
            rows(&of),
            [
                (1, None, 0, 4, false),
                (2, Some(0), 1, 1, false),
                (4, Some(1), 2, 0, false),
                (5, Some(0), 1, 0, true),
                (3, Some(0), 1, 0, false),
                (9, None, 0, 0, false),
            ]
        );
    }

    #[test]
    fn each_span_of_any_trace_has_one_row() {
        let mut traces: Vec<Trace> = (1..200).map(any_trace).collect();
        // Rings, spans that are their own parents, and the same id twice.
        traces.push(trace(
            1,
            vec![
                span(1, Some(2), "a", (0, 9)),
                span(2, Some(1), "b", (1, 8)),
                span(3, Some(3), "c", (2, 3)),
                span(1, Some(2), "again", (3, 4)),
            ],
        ));
        for of in &traces {
            let analysis = analyse(of, None, &Options::of(of));
            let tree = Tree::of(of, &analysis);
            let mut spans: Vec<u32> = tree.rows.iter().map(|row| row.span).collect();
            spans.sort_unstable();
            assert!(spans.into_iter().eq(0..of.spans.len() as u32), "{of:?}");
            for (at, row) in (0..).zip(&tree.rows) {
                assert_eq!(tree.row(row.span), Some(at));
                assert!(row.above.is_none_or(|above| above < at));
            }
        }
    }

    #[test]
    fn ten_thousand_levels_are_a_tree_as_well() {
        let spans = (1..=10_000).map(|id| span(id, (id > 1).then(|| id - 1), "deep", (id, 20_000)));
        let of = trace(1, spans.collect());
        let rows = rows(&of);
        assert_eq!(rows[0].3, 9_999);
        assert_eq!(rows[9_999].2, 9_999);
    }
}
