//! A trace as plain data: what collecting assembles, policies judge, the store keeps and files hold.
//!
//! It knows nothing of crate `obs`: a trace read from another program's file is the same as one of this process.

/// What is said of a span: attributes, events, links.
mod attribute;
/// Traces whose spans lie in one another, added up.
mod by_call;
/// Spans of a trace added up by call path.
mod calls;
/// Trace and span ids, and their text.
mod id;
/// A span as numbers alone.
mod node;
/// A span that has begun and not ended.
mod open_span;
/// A trace before it is put together.
mod outline;
/// The time that spans took themselves.
mod own_time;
/// One operation of a trace.
mod span;

/// Traces made by hand.
#[cfg(test)]
pub(crate) mod fixture;

pub use attribute::{Attribute, Event, Link, Value};
pub use calls::{Call, Calls, Took};
pub use id::{SpanId, TraceId};
pub use node::Node;
pub use open_span::OpenSpan;
pub use outline::{Outline, Root, Spans};
pub use own_time::own_times;
pub use span::{Edge, Kind, Span, Status};

pub(crate) use by_call::ByCall;
pub(crate) use own_time::fill_own_times;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

/// All that is known of one trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Its id.
    pub id: TraceId,
    /// Its spans, by start and then by id; at least one. Parents that are missing are not filled in.
    pub spans: Vec<Span>,
    /// Why it was kept, of how many.
    pub kept: Kept,
    /// What is known to be missing.
    pub missing: Missing,
    /// W3C `tracestate` as the caller sent it; empty where there was none.
    pub tracestate: String,
}

/// Why a trace was kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The policy that kept it.
    pub policy: Policy,
    /// How many traces of its kind it stands for: 1 divided by the share that is kept; at least 1.
    pub weight: f64,
}

/// What decides whether a complete trace is kept. The first that applies does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Code asked for it.
    Forced,
    /// A span failed or panicked.
    Error,
    /// It took longer than a limit, or than 99 of 100 of its operation.
    Slow,
    /// It was among the first of its shape in a minute.
    Rare,
    /// A share of all others.
    Baseline,
    /// It was read from a file.
    Imported,
}

/// What of a trace is known to be missing, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Records of it were dropped because a thread's ring was full.
    pub ring_full: bool,
    /// How many spans were left out because it has too many.
    pub spans_over_limit: u64,
    /// How many spans name a parent that is not there, though it was not remote.
    pub orphans: u64,
    /// How many spans had not ended when it was put together.
    pub open: u64,
    /// How many spans came twice; the one with an end was kept.
    pub duplicates: u64,
}

impl Missing {
    /// Whether something is missing; duplicates are not.
    pub fn is_incomplete(&self) -> bool {
        self.ring_full || self.spans_over_limit > 0 || self.orphans > 0 || self.open > 0
    }
}

impl Policy {
    /// All of them, in the order in which they are asked.
    pub const ALL: [Policy; 6] = [
        Policy::Forced,
        Policy::Error,
        Policy::Slow,
        Policy::Rare,
        Policy::Baseline,
        Policy::Imported,
    ];

    /// Its name in queries and files.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Forced => "forced",
            Policy::Error => "error",
            Policy::Slow => "slow",
            Policy::Rare => "rare",
            Policy::Baseline => "baseline",
            Policy::Imported => "imported",
        }
    }
}

impl Trace {
    /// The span that the trace is about: the earliest without a parent here (none, remote, or missing), of several that start
    /// together the longest.
    pub fn root(&self) -> Option<&Span> {
        let earliest = |span: &&Span| (span.start_ns, std::cmp::Reverse(span.end_ns), span.id);
        let entries = self.spans.iter().filter(|span| span.is_entry());
        let first = entries.min_by_key(earliest);
        let is_here = |parent| self.spans.iter().any(|span| span.id == parent);
        // Nearly always it has no parent here; where clocks differ, one that was called can seem to begin before its caller.
        if first.is_some_and(|first| !first.parent.is_some_and(is_here)) {
            return first;
        }
        let here: HashSet<SpanId> = self.spans.iter().map(|span| span.id).collect();
        let is_top = |span: &&Span| !span.parent.is_some_and(|parent| here.contains(&parent));
        let tops = || self.spans.iter().filter(is_top);
        let entry = tops().filter(|span| span.is_entry()).min_by_key(earliest);
        entry
            .or_else(|| tops().min_by_key(earliest))
            .or(self.spans.first())
    }
}
