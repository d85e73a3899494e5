//! A trace before it is put together: what all of them are judged by, kept or not.

use super::{Calls, Missing, Node, Status, TraceId};

/// What is known of a trace before it is put together: numbers alone.
#[derive(Debug, Clone, Copy)]
pub struct Outline<'a> {
    /// Its id.
    pub id: TraceId,
    /// Its spans.
    pub spans: Spans<'a>,
    /// What it is about; `None` where its root never came.
    pub root: Option<Root>,
    /// Whether code, the caller or an operator wants it kept.
    pub forced: bool,
    /// What is known to be missing.
    pub missing: Missing,
}

/// The spans of a trace.
#[derive(Debug, Clone, Copy)]
pub enum Spans<'a> {
    /// Each, in the order in which they were received; ids are numbers of this process.
    Each {
        /// When they were, and below which.
        nodes: &'a [Node],
        /// How each of them went, in that order.
        statuses: &'a [Status],
    },
    /// Added up: none failed, and each lies in its parent and beside its siblings.
    ByCall(Calls<'a>),
}

/// The root of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// The number of its operation.
    pub operation: u32,
    /// The number of its component.
    pub component: u32,
    /// When it began.
    pub start_ns: u64,
    /// When it ended; of one that has not, when it was last seen.
    pub end_ns: u64,
    /// How many traces it stands for: 1 divided by the share of those like it that were recorded, in 2^-32.
    pub share: u32,
}

impl Root {
    /// It, as a node, in a trace that stands for so many.
    pub fn of(node: &Node, share: u32) -> Root {
        Root {
            operation: node.operation,
            component: node.component,
            start_ns: node.start_ns,
            end_ns: node.end_ns,
            share,
        }
    }

    /// How long it took.
    pub fn took_ns(&self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}
