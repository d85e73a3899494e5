//! Instrumentation at the cost of a load and a store.
//!
//! ```
//! use obs::{Component, Counter, counter};
//!
//! static JOBS: Counter = counter!("jobs_total", "Jobs finished.");
//!
//! let worker = Component::register("worker/1");
//! worker.scope(|| JOBS.inc()); // jobs_total{component="worker/1"} 1
//! ```
//!
//! This crate records; `obs-runtime` merges what it recorded and serves it.

#[cfg(all(test, not(loom)))]
extern crate self as obs;

/// What `counter!`, `gauge!` and `histogram!` evaluate to.
#[cfg(not(loom))]
mod metric;

/// Labels with a closed set of values.
#[cfg(not(loom))]
mod label;

/// Labels by place.
#[cfg(not(loom))]
mod component;

/// Cheap time.
#[cfg(not(loom))]
pub mod clock;

/// The static behind each macro.
#[cfg(not(loom))]
mod callsite;

/// Every metric in the binary.
#[cfg(not(loom))]
pub mod catalogue;

/// The record path.
mod record;

/// Adding up, for the runtime.
#[cfg(not(loom))]
pub mod collector;

#[doc(hidden)]
#[cfg(not(loom))]
pub mod private;

#[cfg(not(loom))]
pub use {
    component::{Component, Entered, InComponent, Within},
    label::{LabelSet, LabelValue},
    metric::bounds::DEFAULT_BOUNDS_SECONDS,
    metric::{
        Counter, CounterSeries, Gauge, GaugeSeries, GaugeValue, Histogram, HistogramSeries,
        InFlight, Number, Seconds, Timer, Unit,
    },
};
