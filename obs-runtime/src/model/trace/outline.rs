//! A trace before it is put together: what all of them are judged by, kept or not.

use super::{Missing, Node, TraceId};

/// What is known of a trace before it is put together: numbers alone.
#[derive(Debug, Clone, Copy)]
pub struct Outline<'a> {
    /// Its id.
    pub id: TraceId,
    /// Its spans, in the order in which they were received; ids are numbers of this process.
    pub nodes: &'a [Node],
    /// How each of them went, in that order.
    pub statuses: &'a [super::Status],
    /// What it is about; `None` where its root never came.
    pub root: Option<Root>,
    /// Whether code, the caller or an operator wants it kept.
    pub forced: bool,
    /// What is known to be missing.
    pub missing: Missing,
}

/// The root of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// Where it is among the nodes.
    pub node: u32,
    /// How many traces it stands for: 1 divided by the share of those like it that were recorded, in 2^-32.
    pub share: u32,
}
