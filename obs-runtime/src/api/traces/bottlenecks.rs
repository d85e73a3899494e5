//! Where the time of many traces goes: their critical paths, added up.

use serde::{Deserialize, Serialize};

use super::operation::{Operation, OperationFigures};
use super::path::ByClass;

/// Where the time of all traces went that were complete within a while, kept or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bottlenecks {
    /// When it was worked out.
    pub now_unix_ns: u64,
    /// How long the while is.
    pub window_ns: u64,
    /// The operation of roots that was asked for; none for all traces.
    pub root: Option<String>,
    /// How many traces there were.
    pub traces: u64,
    /// How long they took together.
    pub duration_ns: u64,
    /// The same by what it went to.
    pub by_class: ByClass,
    /// The operations of roots, those that took longest together first.
    pub roots: Vec<Root>,
    /// Operations wherever they are, those with the most own critical time first.
    pub operations: Vec<Hotspot>,
    /// Call paths, likewise.
    pub paths: Vec<CallPath>,
    /// How many roots, operations and call paths there are in all.
    pub roots_in_all: u64,
    /// Operations in all.
    pub operations_in_all: u64,
    /// Call paths in all.
    pub paths_in_all: u64,
}

/// Traces that began in one operation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Root {
    /// What and where.
    #[serde(flatten)]
    pub operation: Operation,
    /// How many traces.
    pub traces: u64,
    /// How long they took together.
    pub duration_ns: u64,
    /// The same as a share of all traces of the answer.
    pub share: f64,
    /// What its spans did; none where none has ended.
    pub figures: Option<OperationFigures>,
    /// How many traces were as slow as the slowest hundredth.
    pub slow_traces: u64,
    /// How long one of these took on average.
    pub slow_mean_ns: u64,
    /// How many were of the middle fifth.
    pub middle_traces: u64,
    /// How long one of these took on average.
    pub middle_mean_ns: u64,
    /// Why the slow ones are slow: call paths on which a slow trace spends more time than one of the middle, that with the most
    /// first. Empty where there were not both, and for roots that are not among the first few of the answer.
    pub differences: Vec<Difference>,
}

/// What is known of an operation or a call path on critical paths.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Critical {
    /// Its own time: that which no span below it on the path has.
    pub own_ns: u64,
    /// The same for each trace of the answer, on average.
    pub own_ns_per_trace: f64,
    /// The same as a share of the time of all traces of the answer.
    pub share: f64,
    /// The same by what it went to.
    pub by_class: ByClass,
    /// Its own time and that of all below it on the path; where it is below itself, once.
    pub inclusive_ns: u64,
    /// How many spans it was.
    pub occurrences: u64,
    /// In how many traces it was. Of an operation, where a root was asked for, at most so many.
    pub traces: u64,
    /// Its share of half of the traces that it was in, at most. Of an operation, where a root was asked for, that of its call path
    /// with the most time.
    pub share_p50: f64,
    /// The same of 95 of 100.
    pub share_p95: f64,
    /// How many of its spans were below each other at most; 1 where it does not recurse.
    pub deepest: u32,
    /// Up to three traces to look at, that with the largest share first; they may not have been kept.
    pub exemplars: Vec<Exemplar>,
}

/// An operation, wherever it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hotspot {
    /// What and where.
    #[serde(flatten)]
    pub operation: Operation,
    /// Its time on critical paths.
    pub critical: Critical,
    /// What its spans did, on the path or not; none where none has ended.
    pub figures: Option<OperationFigures>,
}

/// A call path: operations from a root down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallPath {
    /// The operations, that of the root first.
    pub path: Vec<Operation>,
    /// Its time on critical paths.
    pub critical: Critical,
}

/// A trace to look at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exemplar {
    /// Its id.
    pub trace: String,
    /// Its own critical time there.
    pub own_ns: u64,
    /// The same as a share of all its time.
    pub share: f64,
}

/// By how much slow traces spend more time on a call path than those of the middle. All is per trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The operations of the call path, that of the root first.
    pub path: Vec<Operation>,
    /// How much more time a slow trace spends there; negative where it is less.
    pub more_ns: f64,
    /// Own critical time in a slow trace.
    pub slow_ns: f64,
    /// The same in one of the middle.
    pub middle_ns: f64,
    /// How many spans of it were on the path of a slow trace.
    pub slow_occurrences: f64,
    /// The same of one of the middle.
    pub middle_occurrences: f64,
}
