//! What must see everything: each trace is judged here before any of it is discarded.
//!
//! In: spans of complete traces; nothing of how they were recorded.
//! Out: the critical path of a trace, and what the paths of many add up to.
//! Loss: none; what does not fit a limit is added to `(other)` and counted.

/// What a trace was waiting for, at each moment.
pub mod critical_path;

/// Where the time of many traces goes.
pub mod bottlenecks;

/// Statistics of all traces, and which are kept.
#[cfg(feature = "runtime")]
pub mod traces;
