//! A span that has begun and not ended.

use std::sync::Arc;

use super::{Edge, Kind, SpanId, TraceId};

/// A span that has begun and not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSpan {
    /// Its trace.
    pub trace: TraceId,
    /// Its id.
    pub id: SpanId,
    /// The span that it is a part of, or follows from.
    pub parent: Option<SpanId>,
    /// Whether it is the root of its trace.
    pub is_root: bool,
    /// What is being done.
    pub operation: Arc<str>,
    /// The component that it runs in.
    pub component: Option<Arc<str>>,
    /// Its role in a call between components or processes.
    pub kind: Kind,
    /// How it hangs on its parent.
    pub edge: Edge,
    /// When it began: nanoseconds since 1970.
    pub start_ns: u64,
    /// The number of the thread that is in it, or that it began on.
    pub thread: Option<u32>,
    /// The name of that thread, where it is known.
    pub thread_name: Option<Arc<str>>,
    /// Whether a thread is in it at this moment.
    pub is_running: bool,
    /// Where it is in the source: the file and the line.
    pub place: Option<(&'static str, u32)>,
    /// What 99 of 100 spans of its operation do not exceed; `None` where too few are known.
    pub usual_ns: Option<u64>,
}
