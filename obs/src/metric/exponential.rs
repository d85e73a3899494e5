//! Exponential histograms and summaries: the same cells, exported as buckets or as quantiles.

use std::marker::PhantomData;
use std::time::Duration;

use super::cells::{Bound, Cells, Fixed};
use super::dynamic::Bind;
use super::histogram::{Seconds, Unit, step};
use super::timer::{Measured, Timer};
use super::{duration_of, nanoseconds};
use crate::callsite::Callsite;
use crate::clock::Stopwatch;
use crate::exponential::Exponential;
use crate::label::LabelSet;
use crate::number::Number;
use crate::record::hot::WORLD;

/// A histogram with exponential buckets, as [`histogram!`](crate::histogram) makes it with the word `exponential`; of
/// durations unless the second parameter says [`Number`].
///
/// It covers a fixed range (for durations 1 µs to 128 s, unless `range` says otherwise) with 2^schema buckets per power of
/// two, which serve native histograms and classic ones alike. An observation is an index computation and two plain
/// additions. What does not exceed the range's lower end counts as zero, what exceeds its upper end in a bucket of its own;
/// `_count` is the sum of them all. What is no number or negative is refused, and counted.
#[must_use = "a histogram counts nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct ExponentialHistogram<L: LabelSet = (), U: Unit = Seconds, C: Cells = Fixed> {
    cells: C,
    scale: Exponential,
    types: PhantomData<fn(L, U)>,
}

/// A summary, as [`summary!`](crate::summary) makes it; of durations unless the second parameter says [`Number`].
///
/// It has the cells of an [`ExponentialHistogram`], from which the runtime computes quantiles over a sliding window. Exact
/// counts add up over threads, so the only error is that of the buckets: at most 2.2 % of the value (at schema 4), within
/// the range; beyond it, a quantile is the range's end. `_sum` and `_count` are of everything that was ever observed.
#[must_use = "a summary counts nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct Summary<L: LabelSet = (), U: Unit = Seconds, C: Cells = Fixed> {
    histogram: ExponentialHistogram<L, U, C>,
}

/// One series of an exponential histogram or of a summary.
#[must_use = "a series counts nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct ExponentialSeries<U: Unit = Seconds, C: Cells = Fixed> {
    cells: C,
    scale: Exponential,
    offset: u32,
    unit: PhantomData<fn(U)>,
}

impl<L: LabelSet, U: Unit> ExponentialHistogram<L, U> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite) -> ExponentialHistogram<L, U> {
        let Some(scale) = site.definition().exponential else {
            panic!("the macro gives the definition a scale");
        };
        ExponentialHistogram {
            cells: Fixed::at(site),
            scale,
            types: PhantomData,
        }
    }
}

impl<L: LabelSet, U: Unit> Bind for ExponentialHistogram<L, U> {
    type Bound = ExponentialHistogram<L, U, Bound>;

    #[inline(always)]
    fn bind<const N: usize>(self, values: &[&str; N]) -> ExponentialHistogram<L, U, Bound> {
        ExponentialHistogram {
            cells: self.cells.bind(values),
            scale: self.scale,
            types: PhantomData,
        }
    }
}

impl<L: LabelSet, U: Unit, C: Cells> ExponentialHistogram<L, U, C> {
    /// The series with these label values: index arithmetic, no look-up.
    #[inline(always)]
    pub fn with(self, labels: L) -> ExponentialSeries<U, C> {
        ExponentialSeries {
            cells: self.cells,
            scale: self.scale,
            offset: labels.series() * self.scale.cells(),
            unit: PhantomData,
        }
    }
}

impl<L: LabelSet, U: Unit> Summary<L, U> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite) -> Summary<L, U> {
        Summary {
            histogram: ExponentialHistogram::at(site),
        }
    }
}

impl<L: LabelSet, U: Unit> Bind for Summary<L, U> {
    type Bound = Summary<L, U, Bound>;

    #[inline(always)]
    fn bind<const N: usize>(self, values: &[&str; N]) -> Summary<L, U, Bound> {
        Summary {
            histogram: self.histogram.bind(values),
        }
    }
}

impl<L: LabelSet, U: Unit, C: Cells> Summary<L, U, C> {
    /// The series with these label values: index arithmetic, no look-up.
    #[inline(always)]
    pub fn with(self, labels: L) -> ExponentialSeries<U, C> {
        self.histogram.with(labels)
    }
}

/// The verbs of a metric without labels: those of its one series.
macro_rules! verbs {
    ($($metric:ident)+) => {$(
        impl<C: Cells> $metric<(), Seconds, C> {
            /// Observes a duration.
            #[inline(always)]
            pub fn observe(self, duration: Duration) {
                self.with(()).observe(duration);
            }

            /// Observes a duration given in seconds. One that is negative, infinite or not a number is refused, and
            /// counted.
            #[inline(always)]
            pub fn observe_seconds(self, seconds: f64) {
                self.with(()).observe_seconds(seconds);
            }

            /// Starts to measure; the timer observes when it is dropped or stopped.
            #[inline(always)]
            pub fn start_timer(self) -> Timer<ExponentialSeries<Seconds, C>> {
                self.with(()).start_timer()
            }

            /// Measures about one call in `n`, at random, and lets it stand for those before it.
            #[inline(always)]
            pub fn start_timer_one_in(self, n: u32) -> Timer<ExponentialSeries<Seconds, C>> {
                self.with(()).start_timer_one_in(n)
            }
        }

        impl<C: Cells> $metric<(), Number, C> {
            /// Observes a value. One that is negative or not a number is refused, and counted.
            #[inline(always)]
            pub fn observe(self, value: f64) {
                self.with(()).observe(value);
            }
        }
    )+};
}

verbs! { ExponentialHistogram Summary }

impl<U: Unit, C: Cells> ExponentialSeries<U, C> {
    /// The cells that an observation adds to: its bucket's and that of the sum.
    #[inline(always)]
    fn cells_of(self, value: f64) -> [u32; 2] {
        let cells = [self.scale.cell(value), self.scale.sum_cell()];
        cells.map(|cell| self.offset + cell)
    }
}

impl<C: Cells> ExponentialSeries<Seconds, C> {
    /// Observes a duration; one of more than two years counts as two years, so that no sum ever wraps.
    #[inline(always)]
    pub fn observe(self, duration: Duration) {
        self.observe_ns(nanoseconds(duration), 1);
    }

    /// Observes a duration given in seconds. One that is negative, infinite or not a number is refused, and counted.
    #[inline(always)]
    pub fn observe_seconds(self, seconds: f64) {
        match duration_of(seconds) {
            Some(duration) => self.observe(duration),
            None => WORLD.count_refused(),
        }
    }

    /// Starts to measure; the timer observes when it is dropped or stopped.
    #[inline(always)]
    pub fn start_timer(self) -> Timer<ExponentialSeries<Seconds, C>> {
        if self.cells.site().is_off() {
            return Timer::idle(self);
        }
        Timer::new(self, Stopwatch::start(), 1)
    }

    /// Measures about one call in `n`, at random, and lets it stand for those before it; as
    /// [`HistogramSeries::start_timer_one_in`](crate::HistogramSeries::start_timer_one_in) does.
    #[inline(always)]
    pub fn start_timer_one_in(self, n: u32) -> Timer<ExponentialSeries<Seconds, C>> {
        let pace = self.offset + self.scale.pace_cell();
        match self.cells.replace(pace, |pace| step(pace, n)) {
            Some(0) => Timer::idle(self),
            Some(weight) => Timer::new(self, Stopwatch::start(), weight),
            None => self.start_timer(),
        }
    }
}

impl<C: Cells> Measured for ExponentialSeries<Seconds, C> {
    #[inline(always)]
    fn observe_ns(self, nanoseconds: u64, weight: u64) {
        // Below the longest duration the conversion is a single instruction; the division rounds to the nearest float, so a
        // duration that is a bound belongs to that bound's bucket.
        let seconds = nanoseconds as i64 as f64 / 1e9;
        let sum = nanoseconds.saturating_mul(weight);
        self.cells.observe(self.cells_of(seconds), weight, sum);
    }
}

impl<C: Cells> ExponentialSeries<Number, C> {
    /// Observes a value. One that is negative or not a number is refused, and counted.
    #[inline(always)]
    pub fn observe(self, value: f64) {
        if value >= 0.0 {
            // Minus zero is zero.
            let cells = self.cells_of(value.abs());
            self.cells.observe_number(cells, 1, value);
        } else {
            WORLD.count_refused();
        }
    }
}
