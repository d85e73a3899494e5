//! A trace with spans that came after it was stored.

use std::collections::{HashMap, HashSet};

use crate::model::trace::{Span, SpanId, Trace};

/// The trace with further spans. Of a span that is there already the one with an end stays, and of two with an end the earlier.
pub(super) fn with_spans(mut trace: Trace, spans: Vec<Span>) -> Trace {
    let mut places: HashMap<SpanId, usize> =
        trace.spans.iter().map(|span| span.id).zip(0..).collect();
    for span in spans {
        match places.get(&span.id).copied() {
            Some(place) if trace.spans[place].open => trace.spans[place] = span,
            Some(_) => trace.missing.duplicates += u64::from(!span.open),
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
        let whole = with_spans(partial, late);
        let operations: Vec<_> = whole.spans.iter().map(|span| &*span.operation).collect();
        assert_eq!(operations, ["root", "late", "child"]);
        assert_eq!(whole.spans[0].end_ns, 9_000_000);
        assert!(!whole.missing.is_incomplete());
        assert_eq!(whole.missing.duplicates, 1);
    }
}
