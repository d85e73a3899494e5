//! Traces made by hand.

use std::sync::Arc;

use crate::model::trace::{
    Edge, Kept, Kind, Missing, Policy, Span, SpanId, Status, Trace, TraceId,
};

/// A span of some milliseconds.
pub(crate) fn span(id: u64, parent: Option<u64>, operation: &str, ms: (u64, u64)) -> Span {
    Span {
        id: SpanId::new(id).expect("it is not 0"),
        parent: parent.and_then(SpanId::new),
        remote_parent: false,
        operation: Arc::from(operation),
        component: None,
        kind: Kind::Internal,
        edge: Edge::Call,
        status: Status::Unset,
        status_message: String::new(),
        start_ns: ms.0 * 1_000_000,
        end_ns: ms.1 * 1_000_000,
        open: false,
        busy_ns: None,
        polls: 0,
        start_thread: None,
        end_thread: None,
        attributes: Vec::new(),
        attributes_cut: 0,
        events: Vec::new(),
        links: Vec::new(),
    }
}

/// A trace that a share of all kept.
pub(crate) fn trace(id: u128, spans: Vec<Span>) -> Trace {
    Trace {
        id: TraceId::new(id).expect("it is not 0"),
        spans,
        kept: Kept {
            policy: Policy::Baseline,
            weight: 1.0,
        },
        missing: Missing::default(),
        tracestate: String::new(),
    }
}
