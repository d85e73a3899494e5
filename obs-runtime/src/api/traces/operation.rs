//! Rate, errors, duration of operations.

use serde::{Deserialize, Serialize};

/// An operation of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Operation {
    /// Its name; `(missing span)` for spans that never came, `(other)` for everything beyond a limit.
    pub operation: String,
    /// The component that it ran in; none outside any.
    pub component: Option<String>,
}

/// What an operation did, whether its traces were kept or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OperationFigures {
    /// How many spans of it have ended.
    pub count: u64,
    /// The same by second.
    pub rate_per_second: f64,
    /// How many of them failed or panicked.
    pub errors: u64,
    /// Of these, how many panicked.
    pub panicked: u64,
    /// How many were cancelled.
    pub cancelled: u64,
    /// `errors` as a share of `count`.
    pub error_ratio: f64,
    /// How long they took on average.
    pub mean_ns: u64,
    /// What half of them did not exceed; at most an eighth too large, as those that follow.
    pub p50_ns: u64,
    /// What nine of ten did not exceed.
    pub p90_ns: u64,
    /// What 99 of 100 did not exceed.
    pub p99_ns: u64,
    /// The longest.
    pub longest_ns: u64,
    /// The trace of the longest; it may not have been kept.
    pub longest_trace: Option<String>,
    /// The last trace in which it failed; it may not have been kept.
    pub failed_trace: Option<String>,
}
