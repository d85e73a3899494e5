//! The time that spans took themselves, without the spans that they waited for.

use std::collections::HashMap;

use super::{Edge, SpanId, Trace};

/// Nanoseconds that each span took itself, in the order of the trace's spans: its duration without the union of its children
/// that it waited for (calls and time in queues, not what is detached), each cut to the span.
pub fn own_times(trace: &Trace) -> Vec<u64> {
    let mut own = Vec::new();
    fill_own_times(trace, &mut own);
    own
}

/// As [`own_times`], into room that is used again.
pub(crate) fn fill_own_times(trace: &Trace, own: &mut Vec<u64>) {
    let spans = &trace.spans;
    own.clear();
    own.extend(spans.iter().map(|span| span.duration_ns()));
    let places: HashMap<SpanId, usize> = spans
        .iter()
        .enumerate()
        .map(|(at, span)| (span.id, at))
        .collect();
    let parent = |at: usize| {
        spans[at]
            .parent
            .and_then(|parent| places.get(&parent).copied())
    };
    let mut children: Vec<(usize, usize)> = (0..spans.len())
        .filter(|at| spans[*at].edge != Edge::Detached)
        .filter_map(|at| Some((parent(at)?, at)))
        .filter(|(parent, at)| parent != at)
        .collect();
    children.sort_unstable_by_key(|(parent, at)| (*parent, spans[*at].start_ns));
    // Up to where the parent's time is taken already.
    let mut taken = (usize::MAX, 0);
    for (parent, at) in children {
        let (outer, inner) = (&spans[parent], &spans[at]);
        if taken.0 != parent {
            taken = (parent, outer.start_ns);
        }
        let from = inner.start_ns.max(taken.1);
        let to = inner.end_ns.min(outer.end_ns);
        if from < to {
            own[parent] -= to - from;
            taken.1 = to;
        }
    }
}
