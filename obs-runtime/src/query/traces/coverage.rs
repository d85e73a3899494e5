//! Over how much of what was received an answer speaks, so that what was not kept never looks like what did not happen.

use crate::model::trace::Policy;

/// What the collector knows of all traces, kept or not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Received {
    /// Complete traces.
    pub traces: u64,
    /// Of these, those that each policy kept.
    pub kept: Vec<KeptBy>,
}

/// What a policy has kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeptBy {
    /// The policy.
    pub policy: Policy,
    /// How many traces.
    pub traces: u64,
    /// How many received ones these stand for: the sum of their weights.
    pub stand_for: f64,
}

/// Over how much an answer speaks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coverage {
    /// Traces that match. Where `unsearched` or `unreadable` is not 0, there may be more.
    pub matched: u64,
    /// How many received ones these stand for: the sum of their weights.
    pub matched_stand_for: f64,
    /// Traces in the answer.
    pub shown: u64,
    /// Traces that are held, in memory or on disk, and were asked.
    pub held: u64,
    /// Traces on disk that must be read to know, and were not, because so much had been read already.
    pub unsearched: u64,
    /// Traces on disk that must be read to know, and could not be.
    pub unreadable: u64,
    /// Blocks on disk of which not even the index could be read; how many traces they hold is not known.
    pub unreadable_blocks: u64,
    /// Why nothing could be read from disk, if nothing could.
    pub disk_failure: Option<String>,
    /// When the earliest and the latest of the held traces began, in nanoseconds since 1970.
    pub range_ns: Option<(u64, u64)>,
    /// What the collector has received and kept.
    pub received: Received,
    /// Traces that were kept and had to go since the store was opened: to make room, or because they were old. What left memory is not
    /// among them where there is a disk.
    pub evicted: u64,
}

impl Coverage {
    /// Whether all that is held was asked.
    pub fn is_complete(&self) -> bool {
        self.unsearched == 0
            && self.unreadable == 0
            && self.unreadable_blocks == 0
            && self.disk_failure.is_none()
    }

    /// A trace is held that began then.
    pub(super) fn hold(&mut self, start_ns: u64) {
        self.held += 1;
        let (earliest, latest) = self.range_ns.unwrap_or((start_ns, start_ns));
        self.range_ns = Some((earliest.min(start_ns), latest.max(start_ns)));
    }
}
