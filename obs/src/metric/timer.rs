//! Measuring a duration into a histogram.

use std::time::Duration;

use super::histogram::HistogramSeries;
use crate::clock::Stopwatch;

/// A measurement that a histogram of durations started; observes when it is dropped or stopped.
#[derive(Debug)]
#[must_use = "the timer observes as soon as it is dropped"]
pub struct Timer {
    series: HistogramSeries,
    /// `None` for one of the calls that are not measured.
    watch: Option<Stopwatch>,
    /// How many calls it stands for; 0 once there is nothing left to observe.
    weight: u64,
}

impl Timer {
    #[inline(always)]
    pub(super) fn new(series: HistogramSeries, watch: Stopwatch, weight: u64) -> Timer {
        Timer {
            series,
            watch: Some(watch),
            weight,
        }
    }

    /// A timer for a call that another one stands for.
    #[inline(always)]
    pub(super) fn idle(series: HistogramSeries) -> Timer {
        Timer {
            series,
            watch: None,
            weight: 0,
        }
    }

    /// Observes now, and returns the time; `None` for a call that is not measured.
    pub fn stop(mut self) -> Option<Duration> {
        self.observe()
    }

    /// Ends without observing.
    pub fn discard(mut self) {
        self.watch = None;
    }

    #[inline(always)]
    fn observe(&mut self) -> Option<Duration> {
        let nanoseconds = self.watch.take()?.elapsed_ns();
        self.series.observe_ns(nanoseconds, self.weight);
        Some(Duration::from_nanos(nanoseconds))
    }
}

impl Drop for Timer {
    #[inline(always)]
    fn drop(&mut self) {
        let _ = self.observe();
    }
}
