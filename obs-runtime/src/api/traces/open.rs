//! What is under way: spans that have begun and not ended.

use serde::{Deserialize, Serialize};

use super::trace::Thread;
use super::words::{Edge, SpanKind};

/// Spans that have begun and not ended, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenSpans {
    /// When it was looked.
    pub now_unix_ns: u64,
    /// From which age on a span can be stuck.
    pub stuck_after_ns: u64,
    /// How many are stuck, of all.
    pub stuck: u64,
    /// The spans.
    pub spans: Vec<OpenSpan>,
    /// How many more there are than the list has.
    pub more: u64,
}

/// A span that has not ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenSpan {
    /// Its id.
    pub id: String,
    /// The id of its trace.
    pub trace: String,
    /// The id of its parent.
    pub parent: Option<String>,
    /// Whether it is the root of its trace.
    pub root: bool,
    /// What is being done.
    pub operation: String,
    /// In which component.
    pub component: Option<String>,
    /// Its role in a call between components or processes.
    pub kind: SpanKind,
    /// How it hangs on its parent.
    pub edge: Edge,
    /// When it began.
    pub start_unix_ns: u64,
    /// How long ago that is.
    pub age_ns: u64,
    /// The thread that is in it, or that it began on.
    pub thread: Option<Thread>,
    /// Whether a thread is in it at this moment; where not, it is a future that waits to be polled, or a guard that lies somewhere.
    pub running: bool,
    /// Whether it has taken suspiciously long: longer than `stuck_after_ns` of the list, and than three times `usual_ns`.
    pub stuck: bool,
    /// What 99 of 100 spans of its operation do not exceed; none where too few are known.
    pub usual_ns: Option<u64>,
    /// The source file of the span; none where it is not known.
    pub file: Option<String>,
    /// The line in that file; 0 where it is not known.
    pub line: u32,
}
