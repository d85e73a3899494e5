//! What a list says of a trace.

use std::sync::Arc;

use crate::model::trace::{Policy, Status, Trace, TraceId};

/// How many components of a trace are named.
const MOST_COMPONENTS: usize = 64;

/// A trace in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its id, by which the store gives the whole trace.
    pub id: TraceId,
    /// When its root began, in nanoseconds since 1970.
    pub start_ns: u64,
    /// How long its root took, or has taken so far.
    pub duration_ns: u64,
    /// What its root did.
    pub operation: Arc<str>,
    /// Where.
    pub component: Option<Arc<str>>,
    /// How its root went.
    pub status: Status,
    /// Whether any of its spans failed or panicked.
    pub is_failed: bool,
    /// How many spans it has.
    pub spans: u32,
    /// In which components, up to 64 of them.
    pub components: Vec<Arc<str>>,
    /// Which policy kept it.
    pub policy: Policy,
    /// How many traces it stands for.
    pub weight: f64,
    /// Whether something of it is known to be missing.
    pub is_incomplete: bool,
    /// The time that spans of the operation took themselves, in nanoseconds, where [`Order::MostOwnTime`](super::Order::MostOwnTime) asks for it.
    pub own_ns: Option<u64>,
}

impl Summary {
    /// Of a trace; `None` where it has no span.
    pub fn of(trace: &Trace) -> Option<Summary> {
        let root = trace.root()?;
        let mut components: Vec<Arc<str>> = Vec::new();
        for component in trace.spans.iter().filter_map(|of| of.component.as_ref()) {
            if components.len() < MOST_COMPONENTS && !components.contains(component) {
                components.push(Arc::clone(component));
            }
        }
        Some(Summary {
            id: trace.id,
            start_ns: root.start_ns,
            duration_ns: root.duration_ns(),
            operation: Arc::clone(&root.operation),
            component: root.component.clone(),
            status: root.status,
            is_failed: trace.spans.iter().any(|span| span.status.is_failure()),
            spans: u32::try_from(trace.spans.len()).unwrap_or(u32::MAX),
            components,
            policy: trace.kept.policy,
            weight: trace.kept.weight,
            is_incomplete: trace.missing.is_incomplete(),
            own_ns: None,
        })
    }
}
