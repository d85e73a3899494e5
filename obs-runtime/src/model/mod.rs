//! Shared plain data: what a merge becomes, and the handle by which stages ask for one.
//!
//! In: merges of crate `obs`, labels and renames of the builder.
//! Out: [`Snapshot`], unchanging, with the text of its labels ready; [`Snapshots`], which gives out fresh ones.
//! Loss: a metric that does not fit the family of its name is left out; starting the runtime refuses it.

/// What is said of metrics while the program runs.
#[cfg(feature = "runtime")]
pub(crate) mod described;
/// What histograms and summaries held.
#[cfg(feature = "runtime")]
pub(crate) mod distribution;
/// Which traces observations were made in.
#[cfg(feature = "runtime")]
pub(crate) mod exemplars;
/// Metric families and their label text.
#[cfg(feature = "runtime")]
pub(crate) mod family;
/// Label text, escaped once.
#[cfg(feature = "runtime")]
pub(crate) mod label_text;
/// Numbers as text.
#[cfg(feature = "runtime")]
pub(crate) mod number;
/// One series and its value.
#[cfg(feature = "runtime")]
pub(crate) mod series;
/// Everything recorded at one moment.
#[cfg(feature = "runtime")]
pub(crate) mod snapshot;
/// Fresh snapshots on demand, one merge for many who ask.
#[cfg(feature = "runtime")]
pub(crate) mod snapshots;
/// The names that a metric takes in the exposition.
#[cfg(feature = "runtime")]
pub(crate) mod taken;
/// Traces, of this process and of others.
#[cfg(feature = "traces")]
pub mod trace;

/// Snapshots made by hand.
#[cfg(all(test, feature = "runtime"))]
pub(crate) mod fixture;

#[cfg(feature = "runtime")]
pub use distribution::{Exponential, Histogram, Summary};
#[cfg(feature = "runtime")]
pub use family::Family;
#[cfg(feature = "runtime")]
pub use series::{Series, Value};
#[cfg(feature = "runtime")]
pub use snapshot::Snapshot;
#[cfg(feature = "runtime")]
pub use snapshots::{Snapshots, Stopped};
