//! Shared plain data: what a merge becomes, and the handle by which stages ask for one.
//!
//! In: merges of crate `obs`, labels and renames of the builder.
//! Out: [`Snapshot`], unchanging, with the text of its labels ready; [`Snapshots`], which gives out fresh ones.
//! Loss: a metric that does not fit the family of its name is left out; starting the runtime refuses it.

/// What is said of metrics while the program runs.
pub(crate) mod described;
/// What histograms and summaries held.
pub(crate) mod distribution;
/// Metric families and their label text.
pub(crate) mod family;
/// Label text, escaped once.
pub(crate) mod label_text;
/// Numbers as text.
pub(crate) mod number;
/// One series and its value.
pub(crate) mod series;
/// Everything recorded at one moment.
pub(crate) mod snapshot;
/// Fresh snapshots on demand, one merge for many who ask.
pub(crate) mod snapshots;
/// The names that a metric takes in the exposition.
pub(crate) mod taken;

/// Snapshots made by hand.
#[cfg(test)]
pub(crate) mod fixture;

pub use distribution::{Exponential, Histogram, Summary};
pub use family::Family;
pub use series::{Series, Value};
pub use snapshot::Snapshot;
pub use snapshots::{Snapshots, Stopped};
