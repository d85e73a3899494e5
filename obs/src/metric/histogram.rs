//! Histograms: how often, and how much in all, by size.

use std::marker::PhantomData;
use std::time::Duration;

use super::cells::{Bound, Cells, Fixed};
use super::dynamic::Bind;
use super::timer::{Measured, Timer};
use super::{duration_of, nanoseconds};
use crate::bounds;
use crate::callsite::Callsite;
use crate::clock::Stopwatch;
use crate::label::LabelSet;
use crate::number::Number;
use crate::record::hot::WORLD;
use crate::span::exemplar::Observed;

/// A histogram, as [`histogram!`](crate::histogram) makes it; of durations unless the second parameter says
/// [`Number`].
///
/// An observation is a branch-free search among the bounds and two plain additions. `_count` is the sum of the
/// buckets, so it always equals the bucket `+Inf`; durations add up as whole nanoseconds.
#[must_use = "a histogram counts nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct Histogram<L: LabelSet = (), U: Unit = Seconds, C: Cells = Fixed> {
    cells: C,
    keys: &'static [u64],
    types: PhantomData<fn(L, U)>,
}

/// One series of a histogram with enum labels.
#[must_use = "a histogram counts nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct HistogramSeries<U: Unit = Seconds, C: Cells = Fixed> {
    cells: C,
    keys: &'static [u64],
    offset: u32,
    unit: PhantomData<fn(U)>,
}

/// What a histogram measures: [`Seconds`] or [`Number`].
pub trait Unit: sealed::Sealed + Copy + 'static {}

/// Durations, kept as whole nanoseconds and exported in seconds.
#[derive(Debug, Clone, Copy)]
pub enum Seconds {}

impl Unit for Seconds {}
impl Unit for Number {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Seconds {}
    impl Sealed for crate::number::Number {}
}

impl<L: LabelSet, U: Unit> Histogram<L, U> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite, keys: &'static [u64]) -> Histogram<L, U> {
        Histogram {
            cells: Fixed::at(site),
            keys,
            types: PhantomData,
        }
    }
}

impl<L: LabelSet, U: Unit> Bind for Histogram<L, U> {
    type Bound = Histogram<L, U, Bound>;

    #[inline(always)]
    fn bind<const N: usize>(self, values: &[&str; N]) -> Histogram<L, U, Bound> {
        Histogram {
            cells: self.cells.bind(values),
            keys: self.keys,
            types: PhantomData,
        }
    }
}

impl<L: LabelSet, U: Unit, C: Cells> Histogram<L, U, C> {
    /// Whether it is switched off, so that there is nothing to measure.
    #[inline(always)]
    pub(crate) fn is_off(self) -> bool {
        self.cells.site().is_off()
    }

    /// The series with these label values: index arithmetic, no look-up.
    #[inline(always)]
    pub fn with(self, labels: L) -> HistogramSeries<U, C> {
        HistogramSeries {
            cells: self.cells,
            keys: self.keys,
            offset: labels.series() * (self.keys.len() as u32 + 3),
            unit: PhantomData,
        }
    }
}

impl<C: Cells> Histogram<(), Seconds, C> {
    /// Observes a duration.
    #[inline(always)]
    pub fn observe(self, duration: Duration) {
        self.with(()).observe(duration);
    }

    /// Observes a duration, and offers the trace that the thread is in as an exemplar of it: see
    /// [`HistogramSeries::observe_traced`].
    #[inline]
    pub fn observe_traced(self, duration: Duration) {
        self.with(()).observe_traced(duration);
    }

    /// Observes a duration given in seconds. One that is negative, infinite or not a number is
    /// refused, and counted.
    #[inline(always)]
    pub fn observe_seconds(self, seconds: f64) {
        self.with(()).observe_seconds(seconds);
    }

    /// Starts to measure; the timer observes when it is dropped or stopped.
    #[inline(always)]
    pub fn start_timer(self) -> Timer<HistogramSeries<Seconds, C>> {
        self.with(()).start_timer()
    }

    /// Measures about one call in `n`, at random, and lets it stand for those before it.
    #[inline(always)]
    pub fn start_timer_one_in(self, n: u32) -> Timer<HistogramSeries<Seconds, C>> {
        self.with(()).start_timer_one_in(n)
    }
}

impl<C: Cells> Histogram<(), Number, C> {
    /// Observes a value. One that is not a number is refused, and counted.
    #[inline(always)]
    pub fn observe(self, value: f64) {
        self.with(()).observe(value);
    }

    /// Observes a value, and offers the trace that the thread is in as an exemplar of it.
    #[inline]
    pub fn observe_traced(self, value: f64) {
        self.with(()).observe_traced(value);
    }

    /// Observes a value so many times. One that is not a number is refused, and counted.
    #[inline(always)]
    pub fn observe_many(self, value: f64, times: u64) {
        self.with(()).observe_many(value, times);
    }
}

impl<U: Unit, C: Cells> HistogramSeries<U, C> {
    /// The cells that an observation adds to: its bucket's and that of the sum.
    #[inline(always)]
    fn cells_of(self, key: u64) -> [u32; 2] {
        let sum = self.offset + self.keys.len() as u32 + 1;
        [self.offset + bucket(self.keys, key), sum]
    }
}

impl<C: Cells> HistogramSeries<Seconds, C> {
    /// Observes a duration; one of more than two years counts as two years, so that no sum ever wraps.
    #[inline(always)]
    pub fn observe(self, duration: Duration) {
        self.observe_ns(nanoseconds(duration), 1);
    }

    /// Observes a duration given in seconds. One that is negative, infinite or not a number is
    /// refused, and counted.
    #[inline(always)]
    pub fn observe_seconds(self, seconds: f64) {
        match duration_of(seconds) {
            Some(duration) => self.observe(duration),
            None => WORLD.count_refused(),
        }
    }

    /// Starts to measure; the timer observes when it is dropped or stopped.
    #[inline(always)]
    pub fn start_timer(self) -> Timer<HistogramSeries<Seconds, C>> {
        if self.cells.site().is_off() {
            return Timer::idle(self);
        }
        Timer::new(self, Stopwatch::start(), 1)
    }

    /// Measures about one call in `n`, at random, and lets it stand for those before it.
    ///
    /// For calls so short that two readings of the clock would be the greater part of them. The gaps between measured
    /// calls are drawn at random with a mean of `n`, so that no rhythm of the program can hide in them, and each
    /// measured call is counted as often as calls went by since the last one: `_count` is exact up to the calls since
    /// then, on each thread.
    #[inline(always)]
    pub fn start_timer_one_in(self, n: u32) -> Timer<HistogramSeries<Seconds, C>> {
        let pace = self.offset + self.keys.len() as u32 + 2;
        match self.cells.replace(pace, |pace| step(pace, n)) {
            Some(0) => Timer::idle(self),
            Some(weight) => Timer::new(self, Stopwatch::start(), weight),
            None => self.start_timer(),
        }
    }
}

impl<C: Cells> HistogramSeries<Seconds, C> {
    /// Observes a duration, and offers the trace that the thread is in as an exemplar of it.
    ///
    /// The bucket shows the last one whose trace was kept, in OpenMetrics. Offered are ten a second and thread at most; nothing
    /// is where no span is recorded. Series with dynamic labels have none.
    #[inline]
    pub fn observe_traced(self, duration: Duration) {
        let ns = nanoseconds(duration);
        self.observe_ns(ns, 1);
        let watch = Stopwatch::start();
        self.offer(ns, &watch, watch.reading());
    }

    /// Offers the trace that the thread is in as an exemplar of what was observed at that reading.
    #[inline]
    pub(crate) fn offer(self, ns: u64, watch: &Stopwatch, now: u64) {
        let [bucket, _] = self.cells_of(ns);
        self.cells
            .offer(bucket, Observed::Nanoseconds(ns), watch, now);
    }
}

impl<C: Cells> Measured for HistogramSeries<Seconds, C> {
    #[inline(always)]
    fn observe_ns(self, nanoseconds: u64, weight: u64) {
        let sum = nanoseconds.saturating_mul(weight);
        self.cells.observe(self.cells_of(nanoseconds), weight, sum);
    }
}

impl<C: Cells> HistogramSeries<Number, C> {
    /// Observes a value. One that is not a number is refused, and counted.
    #[inline(always)]
    pub fn observe(self, value: f64) {
        self.observe_many(value, 1);
    }

    /// Observes a value, and offers the trace that the thread is in as an exemplar of it: see
    /// [`HistogramSeries::observe_traced`] of durations.
    #[inline]
    pub fn observe_traced(self, value: f64) {
        self.observe(value);
        if !value.is_nan() {
            let [bucket, _] = self.cells_of(bounds::order(value));
            let watch = Stopwatch::start();
            let now = watch.reading();
            self.cells
                .offer(bucket, Observed::Number(value), &watch, now);
        }
    }

    /// Observes a value so many times. One that is not a number is refused, and counted.
    #[inline(always)]
    pub fn observe_many(self, value: f64, times: u64) {
        if value.is_nan() {
            return WORLD.count_refused();
        }
        if times == 0 {
            return;
        }
        let cells = self.cells_of(bounds::order(value));
        self.cells
            .observe_number(cells, times, value * times as f64);
    }
}

/// The bucket of a value: how many bounds lie below it. Bounds are inclusive, as `le` says.
#[inline(always)]
fn bucket(keys: &[u64], value: u64) -> u32 {
    keys.iter().map(|&key| u32::from(value > key)).sum()
}

/// Counts a call: the cell holds the calls since the last measured one and the gap to the next. Returns the new cell
/// and what the call stands for, 0 if it is not measured.
#[inline(always)]
pub(super) fn step(pace: u64, n: u32) -> (u64, u64) {
    let (calls, gap) = ((pace >> 32) + 1, pace & u64::from(u32::MAX));
    if calls < gap {
        (calls << 32 | gap, 0)
    } else {
        (draw_gap(n), calls)
    }
}

/// A gap between 1 and 2n - 1, so n on average.
#[cold]
fn draw_gap(n: u32) -> u64 {
    thread_local! {
        static STATE: std::cell::Cell<u64> = const { std::cell::Cell::new(0x9e37_79b9_7f4a_7c15) };
    }
    // xorshift64*: statistical quality is all that is asked of it.
    let random = STATE.with(|state| {
        let mut x = state.get();
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        state.set(x);
        x.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
    });
    let span = u64::from(n.max(1)) * 2 - 1;
    1 + random * span.min(u64::from(u32::MAX) - 1) / (1 << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_n_on_average_and_never_nothing() {
        for n in [1, 2, 16, 1_000] {
            let gaps: Vec<u64> = (0..20_000).map(|_| draw_gap(n)).collect();
            let mean = gaps.iter().sum::<u64>() as f64 / gaps.len() as f64;
            assert!(
                gaps.iter().all(|gap| (1..2 * u64::from(n)).contains(gap)),
                "n = {n}"
            );
            assert!(
                (mean - f64::from(n)).abs() < f64::from(n) * 0.05,
                "n = {n}: {mean}"
            );
        }
        assert_eq!(draw_gap(0), 1);
        assert!(draw_gap(u32::MAX) <= u64::from(u32::MAX));
    }

    #[test]
    fn weights_add_up_to_the_calls() {
        let (mut pace, mut weights) = (0, 0);
        for _ in 0..100_000 {
            let (next, weight) = step(pace, 16);
            pace = next;
            weights += weight;
        }
        assert_eq!(weights + (pace >> 32), 100_000);
    }
}
