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
//!
//! `--cfg obs_off`, or feature `off` in a final binary, compiles all of it out: macros still check what they are given,
//! and leave nothing in the program.

/// What `counter!`, `gauge!`, `histogram!` and `summary!` evaluate to.
#[cfg(not(any(loom, obs_off, feature = "off")))]
mod metric;

/// What functions tell.
#[cfg(not(loom))]
#[cfg_attr(
    any(obs_off, feature = "off"),
    allow(dead_code, reason = "what is compiled out watches nothing")
)]
mod observed;

/// Metrics that are defined while the program runs.
#[cfg(not(loom))]
pub mod defined;

/// Labels by place.
#[cfg(not(any(loom, obs_off, feature = "off")))]
mod component;

/// The standard metrics of a component host.
#[cfg(all(not(loom), feature = "host"))]
pub mod host;

/// What the macros call this crate, inside it too.
#[cfg(all(not(loom), feature = "host"))]
extern crate self as obs;

/// What `#[instrumented]` expands to.
#[doc(hidden)]
#[cfg(not(any(loom, obs_off, feature = "off")))]
pub mod function;

/// What `span!` and `event!` record.
#[cfg(not(any(loom, obs_off, feature = "off")))]
#[doc(hidden)]
pub mod span;

/// What records hold, for the collector.
#[cfg(not(any(loom, obs_off, feature = "off")))]
#[doc(hidden)]
pub use span as recorded;

/// The same where nothing is ever recorded: a runtime is built all the same, and takes in nothing.
#[cfg(all(not(loom), any(obs_off, feature = "off")))]
#[path = "span/mod.rs"]
#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    reason = "macros and handles use what is compiled out instead"
)]
#[doc(hidden)]
pub mod recorded;

/// All of these, compiled out.
#[cfg(all(not(loom), any(obs_off, feature = "off")))]
mod off;

#[cfg(all(not(loom), any(obs_off, feature = "off")))]
use off::{component, metric, span};

/// Labels with a closed set of values.
#[cfg(not(loom))]
mod label;

/// What gauges and histograms hold.
#[cfg(not(loom))]
mod number;

/// Bucket bounds, checked and converted at compile time.
#[doc(hidden)]
#[cfg(not(loom))]
pub mod bounds;

/// Exponential buckets.
#[cfg(not(loom))]
mod exponential;

/// Cheap time.
#[cfg(not(loom))]
#[cfg_attr(
    any(obs_off, feature = "off"),
    allow(dead_code, reason = "what is compiled out keeps no readings")
)]
pub mod clock;

/// The static behind each macro.
#[cfg(not(loom))]
mod callsite;

/// Every metric in the binary.
#[cfg(not(loom))]
pub mod catalogue;

/// The record path.
#[cfg_attr(
    any(loom, obs_off, feature = "off"),
    allow(
        dead_code,
        unused_imports,
        reason = "models use the core alone, and what is compiled out records nothing"
    )
)]
mod record;

/// Adding up, for the runtime.
#[cfg(not(loom))]
pub mod collector;

#[doc(hidden)]
#[cfg(not(loom))]
pub mod private;

#[cfg(not(loom))]
pub use {
    bounds::DEFAULT_BOUNDS_SECONDS,
    component::{Component, Entered, InComponent, Within},
    exponential::DEFAULT_WINDOW,
    label::{ErrorLabel, LabelSet, LabelValue},
    metric::{
        Bind, Bound, Cells, Counter, CounterSeries, Dynamic, ExponentialHistogram,
        ExponentialSeries, Fixed, Gauge, GaugeSeries, Histogram, HistogramSeries, InFlight, Info,
        Measured, Moment, ObservedCounter, ObservedCounterSeries, ObservedGauge,
        ObservedGaugeSeries, Seconds, StateSet, Summary, Timer, Unit, Watch,
    },
    number::{CounterValue, GaugeValue, Integer, Level, Number},
};

#[cfg(not(loom))]
pub use span::{
    Around, AttributeValue, Carrier, Context, Edge, InContext, Kind, NotATraceparent, OpenSpan,
    Span, Status, Traceparent, WithContext,
};

#[cfg(not(loom))]
pub use obs_macros::{
    ErrorLabel, LabelValue, counter, event, gauge, histogram, instrumented, span, summary,
};
