//! The handles that the metric macros evaluate to: small `Copy` values with the verbs of Prometheus's clients.

/// Where cells are.
pub(crate) mod cells;

/// Labels whose values are any text.
mod dynamic;

/// Counts.
mod counter;

/// Levels.
mod gauge;

/// Sizes and durations.
mod histogram;

/// What functions tell.
mod observed;

/// States.
mod state_set;

/// The same in exponential buckets, and quantiles of them.
mod exponential;

/// Labels that say what something is.
mod info;

/// Moments to measure from.
mod moment;

/// Measuring durations into a histogram.
mod timer;

pub use cells::{Bound, Cells, Fixed};
pub use counter::{Counter, CounterSeries};
pub use dynamic::{Bind, Dynamic};
pub use exponential::{ExponentialHistogram, ExponentialSeries, Summary};
pub use gauge::{Gauge, GaugeSeries, InFlight};
pub use histogram::{Histogram, HistogramSeries, Seconds, Unit};
pub use info::Info;
pub use moment::Moment;
pub use observed::{
    ObservedCounter, ObservedCounterSeries, ObservedGauge, ObservedGaugeSeries, Watch,
};
pub use state_set::StateSet;
pub use timer::{Measured, Timer};

/// The longest duration that is recorded as it is, a little over two years: hundreds of them fit into a sum.
const LONGEST_NS: u64 = 1 << 56;

/// A duration in whole nanoseconds, cut at the longest.
#[inline(always)]
fn nanoseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).map_or(LONGEST_NS, |nanoseconds| nanoseconds.min(LONGEST_NS))
}

/// A duration given in seconds, cut as above; `None` for one that is negative, infinite or not a number.
#[inline(always)]
fn duration_of(seconds: f64) -> Option<std::time::Duration> {
    match std::time::Duration::try_from_secs_f64(seconds) {
        Ok(duration) => Some(duration),
        Err(_) if seconds > 0.0 && seconds.is_finite() => Some(std::time::Duration::MAX),
        Err(_) => None,
    }
}
