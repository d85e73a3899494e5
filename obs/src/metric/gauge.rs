//! Gauges: levels that go up and down.

use std::marker::PhantomData;

use super::cells::{Bound, Cells, Fixed};
use super::dynamic::Bind;
use crate::callsite::Callsite;
use crate::catalogue::definition::{GAUGE_ADDED, GAUGE_CELLS, GAUGE_REMOVED, GAUGE_SET};
use crate::component::Component;
use crate::label::LabelSet;
use crate::number::{self, GaugeValue, Level, Number};

/// A gauge, as [`gauge!`](crate::gauge) makes it; of any number unless the second parameter says [`Integer`](crate::Integer).
///
/// Two uses. One that is *set* has the value of the last `set`, whichever thread it came from: a plain store. One that is
/// only *counted up and down* adds up over threads, exactly, at the cost of a counter. From the first `set` on, `inc` and
/// `dec` change the value that was set, as its numbers add (floats round), at the cost of locks: let a gauge that is counted
/// often be one that is never set.
#[must_use = "a gauge shows nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct Gauge<L: LabelSet = (), N: Level = Number, C: Cells = Fixed> {
    cells: C,
    types: PhantomData<fn(L, N)>,
}

/// One series of a gauge with enum labels.
#[must_use = "a gauge shows nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct GaugeSeries<N: Level = Number, C: Cells = Fixed> {
    cells: C,
    offset: u32,
    number: PhantomData<fn(N)>,
}

impl<L: LabelSet, N: Level> Gauge<L, N> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite) -> Gauge<L, N> {
        Gauge {
            cells: Fixed::at(site),
            types: PhantomData,
        }
    }
}

impl<L: LabelSet, N: Level> Bind for Gauge<L, N> {
    type Bound = Gauge<L, N, Bound>;

    #[inline(always)]
    fn bind<const V: usize>(self, values: &[&str; V]) -> Gauge<L, N, Bound> {
        Gauge {
            cells: self.cells.bind(values),
            types: PhantomData,
        }
    }
}

impl<L: LabelSet, N: Level, C: Cells> Gauge<L, N, C> {
    /// The series with these label values: index arithmetic, no look-up.
    #[inline(always)]
    pub fn with(self, labels: L) -> GaugeSeries<N, C> {
        GaugeSeries {
            cells: self.cells,
            offset: labels.series() * GAUGE_CELLS,
            number: PhantomData,
        }
    }
}

impl<N: Level, C: Cells> Gauge<(), N, C> {
    /// Sets the value.
    #[inline(always)]
    pub fn set(self, value: impl GaugeValue<N>) {
        self.with(()).set(value);
    }

    /// Adds 1.
    #[inline(always)]
    pub fn inc(self) {
        self.with(()).inc();
    }

    /// Takes 1 away.
    #[inline(always)]
    pub fn dec(self) {
        self.with(()).dec();
    }

    /// Adds `n`.
    #[inline(always)]
    pub fn inc_by(self, n: u64) {
        self.with(()).inc_by(n);
    }

    /// Takes `n` away.
    #[inline(always)]
    pub fn dec_by(self, n: u64) {
        self.with(()).dec_by(n);
    }

    /// Adds 1 until the guard is dropped.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight<C> {
        self.with(()).in_flight()
    }
}

impl<C: Cells> Gauge<(), Number, C> {
    /// Adds a number: see [`GaugeSeries::add`].
    #[inline(always)]
    pub fn add(self, value: f64) {
        self.with(()).add(value);
    }
}

impl<C: Cells> GaugeSeries<Number, C> {
    /// Adds a number, which may be negative, to what the gauge is set to; to 0 where it has never been set. Like a `set`, it
    /// leaves behind what was only counted up and down before. An atomic read-modify-write; floats round.
    #[inline(always)]
    pub fn add(self, value: f64) {
        self.cells.add_to_set(self.offset, value);
    }
}

impl<N: Level, C: Cells> GaugeSeries<N, C> {
    /// Sets the value.
    #[inline(always)]
    pub fn set(self, value: impl GaugeValue<N>) {
        self.cells.store(self.offset, N::bits(value.into_value()));
    }

    /// Adds 1.
    #[inline(always)]
    pub fn inc(self) {
        self.inc_by(1);
    }

    /// Takes 1 away.
    #[inline(always)]
    pub fn dec(self) {
        self.dec_by(1);
    }

    /// Adds `n`.
    #[inline(always)]
    pub fn inc_by(self, n: u64) {
        if !self.cells.try_count(self.offset + GAUGE_ADDED, n) {
            self.change_cold(GAUGE_ADDED, n);
        }
    }

    /// Takes `n` away.
    #[inline(always)]
    pub fn dec_by(self, n: u64) {
        if !self.cells.try_count(self.offset + GAUGE_REMOVED, n) {
            self.change_cold(GAUGE_REMOVED, n);
        }
    }

    /// Adds 1 until the guard is dropped, on whatever thread and in whatever component that is: early returns, panics
    /// and cancelled futures included.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight<C> {
        let component = self.cells.component();
        let counted = self.begin();
        InFlight {
            gauge: GaugeSeries {
                cells: self.cells,
                offset: self.offset,
                number: PhantomData,
            },
            component,
            counted,
        }
    }

    /// Adds 1, and returns whether the gauge is on, so that it is to be taken away again.
    #[inline]
    pub(crate) fn begin(self) -> bool {
        let counted = !self.cells.site().is_off();
        self.inc();
        counted
    }

    /// Takes 1 away in the component where it was added, also while the gauge is off.
    #[inline]
    pub(crate) fn dec_in(self, component: Option<Component>) {
        self.cells.back_in(component, || {
            if self.cells.site().is_off() {
                self.cells.add_anyway(self.offset + GAUGE_REMOVED, 1);
            } else {
                self.dec();
            }
        });
    }

    #[cold]
    #[inline(never)]
    fn change_cold(self, cell: u32, n: u64) {
        let integer = self.cells.site().definition().integer;
        let cells = [self.offset + cell, self.offset + GAUGE_SET];
        let up = cell == GAUGE_ADDED;
        let change = |bits| number::changed(integer, bits, up, n);
        self.cells.change_gauge(cells, n, change);
    }
}

/// Something that is going on, counted by a gauge until this is dropped.
#[derive(Debug)]
#[must_use = "what is in flight ends as soon as the guard is dropped"]
pub struct InFlight<C: Cells = Fixed> {
    gauge: GaugeSeries<Number, C>,
    /// Where it was counted, so that it is taken away there.
    component: Option<Component>,
    /// Whether it was counted: not while the gauge was off.
    counted: bool,
}

impl<C: Cells> Drop for InFlight<C> {
    #[inline]
    fn drop(&mut self) {
        if self.counted {
            self.gauge.dec_in(self.component);
        }
    }
}
