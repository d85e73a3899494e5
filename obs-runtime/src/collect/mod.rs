//! From the cells of all threads to snapshots.
//!
//! In: the process's one collector, the clock of the caller, `/proc/self`, the counts of tokio executors.
//! Out: a [`Snapshot`](crate::model::Snapshot) per merge, published through [`Snapshots`](crate::model::Snapshots).
//! Loss: none; what a departed component counted stays in the totals.

/// What must be right before the first merge.
pub(crate) mod check;
/// What follows from the metrics of a component host.
mod derived;
/// What tokio counts about executors.
pub(crate) mod executor;
/// Merge by merge to snapshots.
pub(crate) mod merger;
/// What the merge counts about itself.
mod own;
/// Counts that somebody else keeps.
mod told;
/// From the records of all threads to traces.
pub(crate) mod traces;
/// Quantiles over sliding windows.
pub(crate) mod windows;

/// The standard metrics of a process.
#[cfg(target_os = "linux")]
mod process;
