//! The handles that the metric macros evaluate to: small `Copy` values with the verbs of Prometheus's clients.

/// Counts.
mod counter;

/// Levels.
mod gauge;

/// Sizes and durations.
mod histogram;

/// Measuring durations into a histogram.
mod timer;

pub use counter::{Counter, CounterSeries};
pub use gauge::{Gauge, GaugeSeries, GaugeValue, InFlight};
pub use histogram::{Histogram, HistogramSeries, Number, Seconds, Unit};
pub use timer::Timer;
