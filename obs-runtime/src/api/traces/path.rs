//! The critical path of a trace: what it was waiting for, at each moment.

use serde::{Deserialize, Serialize};

use super::words::{Class, Waiting};

/// What a root was waiting for, at each moment between its start and its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CriticalPath {
    /// The root of the path, by its place among the spans.
    pub root: Option<u32>,
    /// Other roots of the trace, likewise: each has a path of its own, by `?root=` and its id.
    pub other_roots: Vec<u32>,
    /// How long the root took, or has taken so far.
    pub duration_ns: u64,
    /// What becomes of a child that outlives its parent.
    pub waiting: Waiting,
    /// The path in order of time: disjoint pieces that add up to the duration.
    pub segments: Vec<Segment>,
    /// The same, added up by class.
    pub by_class: ByClass,
    /// Ids of spans that are missing: parents that were named and never came.
    pub missing: Vec<String>,
    /// What is wrong with the trace, or just strange.
    pub faults: Faults,
}

/// A piece of a path: the own time of one span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// When it begins: nanoseconds after the trace's [`start_unix_ns`](super::Trace::start_unix_ns).
    pub from_ns: u64,
    /// When it ends; later than that.
    pub to_ns: u64,
    /// The span, by its place among the spans; none for one that is missing.
    pub span: Option<u32>,
    /// The missing span, by its place in [`missing`](CriticalPath::missing); none for one that is there.
    pub missing: Option<u32>,
    /// What the time went to.
    pub class: Class,
}

/// Time by what it went to, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByClass {
    /// Spans ran.
    pub run_ns: u64,
    /// They were not being polled: an estimate.
    pub wait_ns: u64,
    /// They waited in a queue.
    pub queue_ns: u64,
    /// They ran or waited while a child ran that was not on the path.
    pub overlap_ns: u64,
    /// Spans that are missing were there.
    pub gap_ns: u64,
    /// They have not ended.
    pub open_ns: u64,
}

/// What is wrong with a trace, or just strange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// Spans whose id another one has.
    pub duplicates: u64,
    /// Rings of spans that were each other's parents.
    pub cycles: u64,
    /// Spans whose parent is not there, though it is not of another process.
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

impl ByClass {
    /// The time of one class; 0 for a class that this version does not know.
    pub const fn of(&self, class: Class) -> u64 {
        match class {
            Class::Run => self.run_ns,
            Class::Wait => self.wait_ns,
            Class::Queue => self.queue_ns,
            Class::Overlap => self.overlap_ns,
            Class::Gap => self.gap_ns,
            Class::Open => self.open_ns,
            Class::Unknown => 0,
        }
    }

    /// All of it.
    pub fn sum_ns(&self) -> u64 {
        let all = Class::ALL.map(|class| self.of(class));
        all.into_iter().fold(0, u64::saturating_add)
    }
}
