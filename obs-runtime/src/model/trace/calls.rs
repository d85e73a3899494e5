//! Spans of a trace added up by call path, where each lies in its parent and beside its siblings: all of them are on its critical path.

use super::Node;

/// The spans of a trace, added up by call path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calls<'a> {
    /// What was called: first the root, then each after the one above it.
    pub calls: &'a [Call],
    /// How long each span took.
    pub took: &'a [Took],
}

/// Spans of one operation below spans that are added up, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The number of the operation.
    pub operation: u32,
    /// The number of its component.
    pub component: u32,
    /// The place of the call above it; its own of the root.
    pub above: u32,
    /// How many spans there are.
    pub spans: u32,
    /// How long they took.
    pub took_ns: u64,
    /// How long the longest took.
    pub longest_ns: u64,
    /// What of that no span below them has, and in which they ran.
    pub run_ns: u64,
    /// Own time in which they were not polled.
    pub wait_ns: u64,
    /// Own time in which they waited in a queue.
    pub queue_ns: u64,
}

/// How long a span took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Took {
    /// The place of its call.
    pub call: u32,
    /// Nanoseconds.
    pub ns: u64,
}

impl Call {
    /// Whether a span is of its operation.
    #[inline]
    pub(crate) fn is_of(&self, node: &Node) -> bool {
        (self.operation, self.component) == (node.operation, node.component)
    }

    /// How long they took, without what is below them.
    pub fn own_ns(&self) -> u64 {
        self.run_ns + self.wait_ns + self.queue_ns
    }
}
