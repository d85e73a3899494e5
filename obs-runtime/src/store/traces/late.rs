//! A trace with spans that came after it was stored.

use std::collections::{HashMap, HashSet};

use crate::model::trace::{Span, SpanId, Trace};

/// As many spans a trace may have with what comes late; more are left out, and counted.
const MOST_SPANS: usize = 20_000;

/// Whether a trace has room for no more.
pub(super) fn is_full(trace: &Trace) -> bool {
    trace.spans.len() >= MOST_SPANS
}

/// The trace with what came of it later: spans, and what is known to be missing of them. Of a span that is there already the one
/// with an end stays, and of two with an end the earlier.
pub(super) fn with_rest(mut trace: Trace, rest: Trace) -> Trace {
    let mut places: HashMap<SpanId, usize> =
        trace.spans.iter().map(|span| span.id).zip(0..).collect();
    let missing = &mut trace.missing;
    missing.ring_full |= rest.missing.ring_full;
    missing.spans_over_limit += rest.missing.spans_over_limit;
    missing.duplicates += rest.missing.duplicates;
    // A part that was judged on its own may have been kept for more.
    if rest.kept.policy < trace.kept.policy {
        trace.kept = rest.kept;
    }
    if trace.tracestate.is_empty() {
        trace.tracestate = rest.tracestate;
    }
    for span in rest.spans {
        match places.get(&span.id).copied() {
            Some(place) if trace.spans[place].open => trace.spans[place] = span,
            Some(_) => trace.missing.duplicates += u64::from(!span.open),
            None if is_full(&trace) => trace.missing.spans_over_limit += 1,
            None => {
                places.insert(span.id, trace.spans.len());
                trace.spans.push(span);
            }
        }
    }
    trace.spans.sort_by_key(|span| (span.start_ns, span.id));
    let here: HashSet<SpanId> = places.into_keys().collect();
    let is_orphan = |span: &&Span| {
        !span.remote_parent && span.parent.is_some_and(|parent| !here.contains(&parent))
    };
    trace.missing.orphans = trace.spans.iter().filter(is_orphan).count() as u64;
    trace.missing.open = trace.spans.iter().filter(|span| span.open).count() as u64;
    trace
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::fixture::{span, trace};

    #[test]
    fn late_spans_take_their_place() {
        let mut root = span(1, None, "root", (0, 5));
        root.open = true;
        let mut partial = trace(1, vec![root, span(3, Some(2), "child", (2, 3))]);
        (partial.missing.open, partial.missing.orphans) = (1, 1);
        let late = vec![
            span(2, Some(1), "late", (1, 4)),
            span(1, None, "root", (0, 9)),
            span(3, Some(2), "again", (2, 8)),
        ];
        let mut late = trace(1, late);
        (late.missing.ring_full, late.missing.spans_over_limit) = (true, 7);
        let whole = with_rest(partial, late);
        let operations: Vec<_> = whole.spans.iter().map(|span| &*span.operation).collect();
        assert_eq!(operations, ["root", "late", "child"]);
        assert_eq!(whole.spans[0].end_ns, 9_000_000);
        let missing = whole.missing;
        assert_eq!(
            (missing.open, missing.orphans, missing.duplicates),
            (0, 0, 1)
        );
        assert_eq!(
            (missing.ring_full, missing.spans_over_limit),
            (true, 7),
            "what is missing of the rest is missing of the whole"
        );
    }

    #[test]
    fn what_comes_late_has_a_limit() {
        let most = MOST_SPANS as u64;
        let spans = |from, to| (from..=to).map(|id| span(id, None, "a", (id, id + 1)));
        let full = trace(1, spans(1, most - 1).collect());
        let whole = with_rest(full, trace(1, spans(most, most + 9).collect()));
        assert!(is_full(&whole) && whole.missing.is_incomplete());
        assert_eq!(
            (whole.spans.len(), whole.missing.spans_over_limit),
            (MOST_SPANS, 9)
        );
    }
}
