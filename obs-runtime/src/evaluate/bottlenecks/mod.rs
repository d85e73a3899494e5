//! Where the time of many traces goes: their critical paths, added up by call path and by operation.
//!
//! In: a [`Path`] of each trace, whose nodes have numbers for their operations and components.
//! Out: [`Figures`] of each call path and operation, and of slow traces beside those of the middle.
//! Loss: none; call paths beyond a limit are one path `(other)` with everything that they have.
//!
//! A **call path** leads from the operation of a root down to that of a span on the critical path. An operation that is above
//! itself is folded: below `a;b` another `a` is the first one again, so that what recurses is one path, which knows how often it
//! was below itself, and how deep. Sums are whole nanoseconds in 128 bits. Everything is kept that is needed to add up windows
//! ([`Bottlenecks::merge`]) and to begin a new one ([`Bottlenecks::reset`]); a trace whose call paths are known allocates
//! nothing.
//!
//! [`Path`]: crate::evaluate::critical_path::Path
//! [`Figures`]: crate::evaluate::bottlenecks::Figures
//! [`Bottlenecks::merge`]: crate::evaluate::bottlenecks::Bottlenecks::merge
//! [`Bottlenecks::reset`]: crate::evaluate::bottlenecks::Bottlenecks::reset

/// What is done where.
mod operation;

/// What is known of a call path or an operation.
mod figures;

/// Shares of a trace, counted.
mod shares;

/// Traces to look at.
mod exemplars;

/// From an operation below a path to a path.
mod edges;

/// Call paths, and operations.
mod paths;

/// One trace more.
mod add;

/// Windows.
mod windows;

/// Why slow traces are slow.
mod cohorts;

#[cfg(test)]
mod tests;

pub use cohorts::{Cohort, Difference};
pub use exemplars::Exemplar;
pub use figures::{Figures, OfCohort};
pub use operation::Operation;
pub use paths::{Bottlenecks, CallPath, Limits, Root};
pub use shares::Shares;
