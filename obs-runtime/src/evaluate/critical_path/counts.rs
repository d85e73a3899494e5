//! What is wrong with a trace.

/// What is wrong with a trace, or just strange; nothing of it stops a walk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Spans whose id another one has.
    pub duplicates: u64,
    /// Rings of spans that were each other's parents.
    pub cycles: u64,
    /// Spans whose parent is not there, though it is not remote.
    pub orphans: u64,
    /// Spans that were waited for, but have no time within that of their parents.
    pub outside: u64,
    /// Children that ended after their parents, though these should have waited for them.
    pub outlives: u64,
    /// Spans that ended before they began.
    pub backwards: u64,
    /// Spans that have not ended.
    pub open: u64,
}
