//! What became of every span that was recorded.

use serde::{Deserialize, Serialize};

use super::list::KeptBy;
use super::words::Policy;

/// What became of every span, from the ring to the disk, since the process began.
///
/// Two identities hold: what was emitted is what was received, dropped, or lies in rings; what was received is what was kept,
/// discarded, late, over a limit, or pending.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accounting {
    /// When it was looked.
    pub now_unix_ns: u64,
    /// Spans that have ended.
    pub spans: SpanAccount,
    /// Everything that threads record of spans, by kind: `end` is the spans above.
    pub records: Vec<KindAccount>,
    /// Whether every span that was emitted was received or dropped, or lies in a ring.
    pub emitted: Identity,
    /// Whether every span that was received was kept, discarded, late, over a limit, or is pending.
    pub received: Identity,
    /// Traces.
    pub traces: TraceAccount,
    /// Rings of threads.
    pub rings: Ring,
    /// Traces that a policy would have kept, but for its rate.
    pub excess: Excess,
    /// Of which roots just a share is recorded, in the order in which it was said.
    pub shares: Vec<Sampled>,
    /// Spans that are switched off, by name or by its beginning and `*`.
    pub without: Vec<String>,
    /// What the store holds and has lost.
    pub store: StoreAccount,
}

/// What became of spans that have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanAccount {
    /// Those that ended while they were recorded.
    pub emitted: u64,
    /// Those that were dropped because their thread's ring was full.
    pub ring_full: u64,
    /// Those that were dropped because their thread had no ring: there were too many threads, or it was ending.
    pub no_ring: u64,
    /// Those that lie in rings.
    pub in_rings: u64,
    /// Those that were received.
    pub received: u64,
    /// Of these, those of traces that were kept.
    pub kept: u64,
    /// Those of traces that were worked out, and that no policy kept.
    pub discarded: u64,
    /// Those that came too late for a trace that was not kept.
    pub late: u64,
    /// Those that one trace had too many of.
    pub over_limit: u64,
    /// Those whose trace is not complete.
    pub pending: u64,
}

/// Records of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindAccount {
    /// What they tell: `end`, `start`, `event`, `attributes`, `link`, `thread`, `state`, `gap`.
    pub kind: String,
    /// Those that threads made.
    pub emitted: u64,
    /// Those that were dropped because the ring was full.
    pub ring_full: u64,
    /// Those that were dropped because the thread had no ring.
    pub no_ring: u64,
}

/// Whether two sides are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Whether they are.
    pub holds: bool,
    /// What there was.
    pub left: u64,
    /// What became of it, added up.
    pub right: u64,
}

/// What became of traces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceAccount {
    /// Those that were complete, or given up.
    pub complete: u64,
    /// Of these, those whose root did not come or end.
    pub given_up: u64,
    /// Of these, those that had to go since there were too many at a time.
    pub over_limit: u64,
    /// Those that are not complete.
    pub live: u64,
    /// Traces of which nothing but what was said of spans has come.
    pub strays: u64,
    /// Those that each policy kept.
    pub kept: Vec<KeptBy>,
}

/// Rings of threads, all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// How many there are.
    pub rings: u64,
    /// How many slots of 64 bytes they have.
    pub slots: u64,
    /// How many of these wait to be taken in.
    pub slots_in_use: u64,
    /// How many slots wait in the ring that is fullest, in thousandths of it.
    pub fullest_permille: u64,
}

/// Traces that a policy would have kept, but for its rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excess {
    /// Those in which something failed.
    pub errors: u64,
    /// Those that were slow.
    pub slow: u64,
}

/// Of which roots just a share is recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sampled {
    /// The name of the roots, or its beginning and `*`.
    pub names: String,
    /// The share, from 0 to 1.
    pub share: f64,
}

/// What the store holds and has lost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoreAccount {
    /// Whether there is a file; without one, traces are in memory alone.
    pub durable: bool,
    /// Bytes of traces in memory.
    pub memory_bytes: u64,
    /// How many bytes there may be.
    pub memory_limit_bytes: u64,
    /// Bytes that traces take on disk.
    pub disk_bytes: u64,
    /// How many bytes there may be.
    pub disk_limit_bytes: u64,
    /// For how long traces stay on disk.
    pub age_limit_seconds: u64,
    /// Blocks on disk.
    pub blocks: u64,
    /// Traces and groups of late spans that wait for the disk.
    pub waiting: u64,
    /// Their bytes.
    pub waiting_bytes: u64,
    /// Traces that went to disk; each version of a trace counts.
    pub stored: u64,
    /// Traces that did not go to disk because too much waited for it.
    pub dropped_store_budget: u64,
    /// Traces that were waiting for a disk that refused them when the store was closed.
    pub dropped_store_failed: u64,
    /// Traces that left memory to make room.
    pub evicted_from_memory: Vec<ByPolicy>,
    /// Traces that left the disk to make room.
    pub evicted_from_disk: Vec<ByPolicy>,
    /// Traces that left the disk because they were old.
    pub expired: Vec<ByPolicy>,
    /// Blocks of traces that were found damaged.
    pub damaged_blocks: u64,
}

/// Traces by the policy that had kept them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByPolicy {
    /// The policy.
    pub policy: Policy,
    /// How many traces.
    pub traces: u64,
}
