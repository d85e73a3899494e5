//! Traces in a list, and over how much it speaks.

use serde::{Deserialize, Serialize};

use super::words::{Policy, Status};

/// Traces that were asked for, the first ones of an order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceList {
    /// When it was worked out.
    pub now_unix_ns: u64,
    /// The query as it was understood; empty where all traces were asked for.
    pub query: String,
    /// The order: `newest`, `slowest`, `spans`, or `self:` and an operation.
    pub order: String,
    /// The traces.
    pub traces: Vec<TraceSummary>,
    /// What to say as `after` to get those that follow; none where there are none.
    pub next: Option<String>,
    /// Over how much this speaks.
    pub coverage: Coverage,
}

/// A trace in a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceSummary {
    /// Its id.
    pub id: String,
    /// When its root began.
    pub start_unix_ns: u64,
    /// How long its root took, or has taken so far.
    pub duration_ns: u64,
    /// What its root did.
    pub operation: String,
    /// In which component.
    pub component: Option<String>,
    /// How its root went.
    pub status: Status,
    /// Whether any of its spans failed or panicked.
    pub failed: bool,
    /// How many spans it has.
    pub spans: u32,
    /// In which components, up to 64 of them.
    pub components: Vec<String>,
    /// Which policy kept it.
    pub policy: Policy,
    /// How many traces it stands for; at least 1.
    pub weight: f64,
    /// Whether something of it is known to be missing.
    pub incomplete: bool,
    /// The time that spans of the operation took themselves, where the order `self:` asks for it.
    pub own_ns: Option<u64>,
}

/// Over how much an answer speaks, so that what was not kept never looks like what did not happen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Whether all that is held was asked: where not, there may be more that match.
    pub complete: bool,
    /// Traces that match.
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
    /// When the earliest of the held traces began.
    pub earliest_unix_ns: Option<u64>,
    /// When the latest did.
    pub latest_unix_ns: Option<u64>,
    /// What has been received and kept since the start.
    pub received: Received,
    /// Traces that were kept and had to go since the start: to make room, or because they were old. What left memory is not among them
    /// where there is a disk.
    pub evicted: u64,
}

/// What is known of all traces, kept or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// Complete traces.
    pub traces: u64,
    /// Of these, those that each policy kept.
    pub kept: Vec<KeptBy>,
}

/// What a policy has kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptBy {
    /// The policy.
    pub policy: Policy,
    /// How many traces.
    pub traces: u64,
    /// How many received ones these stand for.
    pub stand_for: f64,
}
