//! Everything after the hot path: merges what crate `obs` records into snapshots and serves them to Prometheus.
//!
//! ```
//! # fn main() -> Result<(), obs_runtime::Error> {
//! let runtime = obs_runtime::Runtime::builder().listen(([127, 0, 0, 1], 0)).start()?;
//! println!("http://{}/metrics", runtime.address().expect("it serves"));
//! # Ok(())
//! # }
//! ```

/// The wire types shared with obs-cli.
#[cfg(feature = "api")]
pub mod api;

/// Snapshots, the handle that gives out fresh ones, and traces.
#[cfg(any(feature = "runtime", feature = "traces"))]
pub mod model;

/// What is kept, in memory and on disk.
#[cfg(feature = "runtime")]
pub mod store;

/// Questions about what is kept.
#[cfg(feature = "traces")]
pub mod query;

/// The files that other programs read and write.
#[cfg(feature = "traces")]
pub mod formats;

/// From other libraries into obs.
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub mod bridge;

/// From the cells of all threads to snapshots.
#[cfg(feature = "runtime")]
mod collect;

/// What must see everything, before any of it is discarded.
#[cfg(feature = "traces")]
pub mod evaluate;

/// What those who look are answered: wire types and files.
#[cfg(feature = "traces")]
pub mod answer;

/// The HTTP server and everything that leaves the process.
#[cfg(feature = "runtime")]
mod serve;

/// Defaults, the builder and the configuration.
#[cfg(feature = "runtime")]
mod config;
/// What can go wrong, and what to do about it.
#[cfg(feature = "runtime")]
mod error;
/// All stages, put together.
#[cfg(feature = "runtime")]
mod runtime;
/// Reading what a test has recorded.
#[cfg(feature = "runtime")]
pub mod test;

#[cfg(feature = "runtime")]
pub use answer::traces::{Shelf, Whole};
#[cfg(feature = "runtime")]
pub use config::{Builder, DEFAULT_ADDRESS, DEFAULT_LINGER, DEFAULT_RING_SLOTS, DEFAULT_TICK};
#[cfg(feature = "runtime")]
pub use error::{Error, Fault, Place};
#[cfg(feature = "runtime")]
pub use model::{Exponential, Histogram, Series, Snapshot, Snapshots, Summary, Value};
#[cfg(feature = "runtime")]
pub use runtime::{Runtime, TraceReader};
#[cfg(feature = "runtime")]
pub use serve::traces::NoTrace;
