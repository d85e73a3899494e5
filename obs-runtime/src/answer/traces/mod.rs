//! Answers about traces: of any origin, and, where there is a runtime, about all that it has received.
//!
//! ```
//! use obs_runtime::answer::traces::{Whole, whole};
//! use obs_runtime::formats::otlp;
//!
//! let line = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736",
//!     "spanId":"00f067aa0ba902b7","name":"pay","startTimeUnixNano":"1000","endTimeUnixNano":"3000"}]}]}]}"#;
//! let read = otlp::read(line.as_bytes())?.traces.remove(0);
//! let answer = whole(&Whole::from(read.trace), None, 5_000);
//! assert_eq!(answer.spans[0].operation, "pay");
//! assert_eq!(answer.critical_path.duration_ns, 2_000);
//! # Ok::<(), otlp::Error>(())
//! ```

/// Words of the model, as those of the wire.
mod words;

/// A trace as a tree of rows.
mod tree;

/// One trace.
mod whole;

/// A trace in a list.
mod summary;

/// Traces as files.
mod file;

/// Lists.
#[cfg(feature = "runtime")]
mod list;
/// What is under way.
#[cfg(feature = "runtime")]
mod open;

/// Where time goes.
#[cfg(feature = "runtime")]
mod profile;
/// Where time goes, as a file.
#[cfg(feature = "runtime")]
mod stacks;

/// What was counted.
#[cfg(feature = "runtime")]
mod accounting;

#[cfg(test)]
mod tests;

pub use file::{Exported, write};
pub use summary::summary;
pub use whole::{Whole, whole};

#[cfg(feature = "runtime")]
pub use accounting::{Shelf, accounting};
#[cfg(feature = "runtime")]
pub use list::{list, order};
#[cfg(feature = "runtime")]
pub use open::open;
#[cfg(feature = "runtime")]
pub use profile::bottlenecks;
#[cfg(feature = "runtime")]
pub use stacks::write_stacks;
