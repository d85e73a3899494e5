//! Measuring a duration into a histogram.

use std::time::Duration;

use super::cells::Cells;
use super::histogram::{HistogramSeries, Seconds};
use crate::clock::Stopwatch;

/// A series that durations are measured into.
pub trait Measured: Copy + sealed::Sealed {
    /// Observes nanoseconds, `weight` times.
    #[doc(hidden)]
    fn observe_ns(self, nanoseconds: u64, weight: u64);
}

mod sealed {
    pub trait Sealed {}
    impl<C: super::Cells> Sealed for super::HistogramSeries<super::Seconds, C> {}
    impl<C: super::Cells> Sealed for super::super::ExponentialSeries<super::Seconds, C> {}
}

/// A measurement that a histogram or a summary of durations started; observes when it is dropped or stopped.
#[derive(Debug)]
#[must_use = "the timer observes as soon as it is dropped"]
pub struct Timer<S: Measured = HistogramSeries> {
    series: S,
    /// `None` for one of the calls that are not measured, and where the metric was off.
    watch: Option<Stopwatch>,
    /// How many calls it stands for; 0 once there is nothing left to observe.
    weight: u64,
}

impl<S: Measured> Timer<S> {
    #[inline(always)]
    pub(super) fn new(series: S, watch: Stopwatch, weight: u64) -> Timer<S> {
        Timer {
            series,
            watch: Some(watch),
            weight,
        }
    }

    /// A timer for a call that another one stands for, or that nobody wants to know of.
    #[inline(always)]
    pub(super) fn idle(series: S) -> Timer<S> {
        Timer {
            series,
            watch: None,
            weight: 0,
        }
    }

    /// Observes now, and returns the time; `None` for a call that is not measured, or whose metric was off when it began.
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

impl<S: Measured> Drop for Timer<S> {
    #[inline(always)]
    fn drop(&mut self) {
        let _ = self.observe();
    }
}
