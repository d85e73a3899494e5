//! The handles when obs is compiled out: the same names and verbs, no state, nothing to run.

/// Components that nobody is ever in.
pub(crate) mod component;

/// Metrics that are defined while the program runs.
pub(crate) mod defined;

/// Metrics that never change.
pub(crate) mod metric;

/// Moments that are never read.
mod moment;

/// Spans that nobody records.
#[doc(hidden)]
pub mod span;
