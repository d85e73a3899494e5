//! Counters: integers that only go up.

use std::marker::PhantomData;
use std::time::Duration;

use super::cells::{Bound, Cells, Fixed};
use super::dynamic::Bind;
use super::nanoseconds;
use crate::callsite::Callsite;
use crate::label::LabelSet;

/// A counter, as [`counter!`](crate::counter) makes it.
///
/// Exact: no increment is lost or counted twice, whatever threads and components come and go; beyond 2^64 it wraps, which
/// Prometheus takes for a reset. Costs a handful of
/// plain instructions, with no lock, no locked instruction and no allocation once the thread has recorded here.
#[must_use = "a counter counts nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct Counter<L: LabelSet = (), C: Cells = Fixed> {
    cells: C,
    /// Whether the cells are nanoseconds.
    timed: bool,
    labels: PhantomData<fn(L)>,
}

/// One series of a counter with enum labels.
#[must_use = "a counter counts nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct CounterSeries<C: Cells = Fixed> {
    cells: C,
    timed: bool,
    offset: u32,
}

impl<L: LabelSet> Counter<L> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite) -> Counter<L> {
        Counter {
            cells: Fixed::at(site),
            timed: site.definition().is_in_nanoseconds(),
            labels: PhantomData,
        }
    }
}

impl<L: LabelSet, C: Cells> Counter<L, C> {
    /// The series with these label values: index arithmetic, no look-up. As fast as a counter without labels.
    #[inline(always)]
    pub fn with(self, labels: L) -> CounterSeries<C> {
        CounterSeries {
            cells: self.cells,
            timed: self.timed,
            offset: labels.series(),
        }
    }
}

impl<L: LabelSet> Bind for Counter<L> {
    type Bound = Counter<L, Bound>;

    #[inline(always)]
    fn bind<const N: usize>(self, values: &[&str; N]) -> Counter<L, Bound> {
        Counter {
            cells: self.cells.bind(values),
            timed: self.timed,
            labels: PhantomData,
        }
    }
}

impl<C: Cells> Counter<(), C> {
    /// Adds 1.
    #[inline(always)]
    pub fn inc(self) {
        self.with(()).inc();
    }

    /// Adds `n`.
    #[inline(always)]
    pub fn inc_by(self, n: u64) {
        self.with(()).inc_by(n);
    }

    /// Adds what is lacking to `least`: see [`CounterSeries::raise_to`].
    pub fn raise_to(self, least: u64) {
        self.with(()).raise_to(least);
    }

    /// Adds a duration to a counter of `seconds`, kept as whole nanoseconds.
    #[inline(always)]
    pub fn inc_by_duration(self, duration: Duration) {
        self.with(()).inc_by_duration(duration);
    }
}

impl<C: Cells> CounterSeries<C> {
    /// Adds 1; to a counter of `seconds`, one second.
    #[inline(always)]
    pub fn inc(self) {
        // Where the compiler does not know the metric, a branch is cheaper than a product: processors that forward a store to
        // the next load at no cost do so for sums with a constant.
        if self.timed {
            self.inc_by(1);
        } else {
            self.cells.add(self.offset, 1);
        }
    }

    /// Adds `n`; to a counter of `seconds`, whole seconds.
    #[inline(always)]
    pub fn inc_by(self, n: u64) {
        let unit = if self.timed { 1_000_000_000 } else { 1 };
        self.cells.add(self.offset, n.saturating_mul(unit));
    }

    /// Adds what is lacking to `least`: for a count that somebody else keeps. Two threads that say the same add it once.
    ///
    /// It adds up all threads' cells under a lock: for once a second, not for a loop. In a component, the series there is
    /// raised. To a counter of `seconds`, nanoseconds.
    pub fn raise_to(self, least: u64) {
        self.cells.raise(self.offset, least);
    }

    /// Adds a duration to a counter of `seconds`, kept as whole nanoseconds. To a counter of another unit it adds the
    /// duration's whole seconds.
    #[inline(always)]
    pub fn inc_by_duration(self, duration: Duration) {
        if self.timed {
            self.cells.add(self.offset, nanoseconds(duration));
        } else {
            self.cells.add(self.offset, duration.as_secs());
        }
    }
}
