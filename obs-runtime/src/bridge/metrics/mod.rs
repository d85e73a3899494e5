//! The `metrics` facade, recorded by obs.
//!
//! ```
//! use obs_runtime::bridge::metrics::Recorder;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! Recorder::new().install()?;
//! metrics::counter!("requests_total", "method" => "get").increment(1);
//!
//! obs::Component::register("relay").scope(|| metrics::counter!("requests_total").increment(1));
//! # Ok(())
//! # }
//! ```
//!
//! Series are the same whichever [`Recorder`](crate::bridge::metrics::Recorder) they came through, and stand beside those of obs's own macros.

/// The recorder and how it is set up.
mod recorder;

/// The handles that the facade gives to the program.
mod handles;

/// What a thread remembers, so that a call allocates nothing.
mod cache;

/// Metrics of macros, beside which those of the facade have to stand.
mod neighbours;
/// All series, and the definitions behind them.
mod registry;

/// Names and labels as Prometheus has them.
mod names;

/// Which buckets a histogram has.
mod buckets;

pub use buckets::{DEFAULT_BOUNDS, Matcher};
pub use recorder::Recorder;
