//! What is under way, and what of it is stuck.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::time::Duration;

use crate::model::trace::OpenSpan;

/// From which age on a span can be stuck. More: only what hangs for long is called so. Less: what is just slow is, too.
pub const DEFAULT_STUCK_AFTER: Duration = Duration::from_secs(30);

/// A span is stuck if it takes longer than so many times what 99 of 100 of its operation take.
const TIMES: u64 = 3;

/// Spans that have begun and not ended, as they were at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenSpans {
    /// The moment: nanoseconds since 1970.
    pub now_ns: u64,
    /// From which age on a span can be stuck.
    pub stuck_after: Duration,
    /// The spans, the oldest first, each once.
    pub spans: Vec<OpenSpan>,
}

impl OpenSpans {
    /// Puts spans that were found in several places in order. Of one that was found twice that stays which a thread is in.
    pub fn new(mut spans: Vec<OpenSpan>, now_ns: u64, stuck_after: Duration) -> OpenSpans {
        spans.sort_by_key(|span| Reverse(span.is_running));
        let mut known = HashSet::new();
        spans.retain(|span| known.insert((span.trace, span.id)));
        spans.sort_by_key(|span| (span.start_ns, span.trace, span.id));
        OpenSpans {
            now_ns,
            stuck_after,
            spans,
        }
    }

    /// How long ago a span began, in nanoseconds.
    pub fn age_ns(&self, span: &OpenSpan) -> u64 {
        self.now_ns.saturating_sub(span.start_ns)
    }

    /// Whether a span has taken suspiciously long: longer than [`stuck_after`](OpenSpans::stuck_after), and than three times
    /// what is usual for its operation, where that is known.
    pub fn is_stuck(&self, span: &OpenSpan) -> bool {
        let age_ns = self.age_ns(span);
        let is_old = u128::from(age_ns) > self.stuck_after.as_nanos();
        let unusual = |usual: u64| age_ns > usual.saturating_mul(TIMES);
        is_old && span.usual_ns.is_none_or(unusual)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::trace::{Edge, Kind, SpanId, TraceId};

    const SECOND: u64 = 1_000_000_000;

    fn span(id: u64, start_ns: u64, is_running: bool) -> OpenSpan {
        OpenSpan {
            trace: TraceId::new(1).expect("it is not 0"),
            id: SpanId::new(id).expect("it is not 0"),
            parent: None,
            is_root: id == 1,
            operation: Arc::from("wait"),
            component: None,
            kind: Kind::Internal,
            edge: Edge::Call,
            start_ns,
            thread: None,
            thread_name: None,
            is_running,
            place: None,
            usual_ns: None,
        }
    }

    #[test]
    fn the_oldest_comes_first_and_each_once() {
        // The same start, worked out from two readings of the clocks.
        let spans = vec![
            span(2, 20, true),
            span(1, 10, false),
            span(1, 11, true),
            span(3, 5, false),
        ];
        let open = OpenSpans::new(spans, 100, DEFAULT_STUCK_AFTER);
        let found: Vec<_> = open
            .spans
            .iter()
            .map(|span| (span.id.get(), span.is_running))
            .collect();
        assert_eq!(found, [(3, false), (1, true), (2, true)]);
        assert_eq!(open.age_ns(&open.spans[0]), 95);
    }

    #[test]
    fn a_span_is_stuck_once_it_is_old_and_older_than_usual() {
        let mut open = OpenSpans::new(vec![span(1, SECOND, false)], 0, DEFAULT_STUCK_AFTER);
        for (now_s, usual_s, is_stuck) in [
            (0, None, false),
            (31, None, false),
            (32, None, true),
            (32, Some(1), true),
            (32, Some(11), false),
            (35, Some(11), true),
            (3_600, Some(u64::MAX / SECOND), false),
        ] {
            open.now_ns = now_s * SECOND;
            open.spans[0].usual_ns = usual_s.map(|usual_s| usual_s * SECOND);
            assert_eq!(
                open.is_stuck(&open.spans[0]),
                is_stuck,
                "{now_s} {usual_s:?}"
            );
        }
    }
}
