//! Gauges: levels that go up and down.

use std::marker::PhantomData;

use crate::callsite::Callsite;
use crate::catalogue::definition::{GAUGE_ADDED, GAUGE_CELLS, GAUGE_REMOVED, GAUGE_SET};
use crate::component::Component;
use crate::label::LabelSet;
use crate::number::{self, GaugeValue, Level, Number};
use crate::record::hot;
use crate::record::life::Space;

/// A gauge, as [`gauge!`](crate::gauge) makes it; of any number unless the second parameter says [`Integer`](crate::Integer).
///
/// Two uses. One that is *set* has the value of the last `set`, whichever thread it came from: a plain store. One that is
/// only *counted up and down* adds up over threads, exactly, at the cost of a counter. From the first `set` on, `inc` and
/// `dec` change the value that was set, as its numbers add (floats round), at the cost of locks: let a gauge that is counted
/// often be one that is never set.
#[must_use = "a gauge shows nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct Gauge<L: LabelSet = (), N: Level = Number> {
    site: &'static Callsite,
    space: Space,
    types: PhantomData<fn(L, N)>,
}

/// One series of a gauge with enum labels.
#[must_use = "a gauge shows nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct GaugeSeries<N: Level = Number> {
    site: &'static Callsite,
    space: Space,
    offset: u32,
    number: PhantomData<fn(N)>,
}

impl<L: LabelSet, N: Level> Gauge<L, N> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite) -> Gauge<L, N> {
        Gauge {
            site,
            space: site.definition().scope.space(),
            types: PhantomData,
        }
    }

    /// The series with these label values: index arithmetic, no look-up.
    #[inline(always)]
    pub fn with(self, labels: L) -> GaugeSeries<N> {
        GaugeSeries {
            site: self.site,
            space: self.space,
            offset: labels.series() * GAUGE_CELLS,
            number: PhantomData,
        }
    }
}

impl<N: Level> Gauge<(), N> {
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
    pub fn in_flight(self) -> InFlight {
        self.with(()).in_flight()
    }
}

impl<N: Level> GaugeSeries<N> {
    /// Sets the value.
    #[inline(always)]
    pub fn set(self, value: impl GaugeValue<N>) {
        hot::store(
            self.site,
            self.space,
            self.offset,
            N::bits(value.into_value()),
        );
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
        if !hot::try_add(self.site, self.space, self.offset + GAUGE_ADDED, n) {
            self.change_cold(GAUGE_ADDED, n);
        }
    }

    /// Takes `n` away.
    #[inline(always)]
    pub fn dec_by(self, n: u64) {
        if !hot::try_add(self.site, self.space, self.offset + GAUGE_REMOVED, n) {
            self.change_cold(GAUGE_REMOVED, n);
        }
    }

    /// Adds 1 until the guard is dropped, on whatever thread and in whatever component that is: early returns, panics
    /// and cancelled futures included.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight {
        let component = match self.space {
            Space::Component => Component::current(),
            Space::Process => None,
        };
        self.inc();
        InFlight {
            gauge: GaugeSeries {
                site: self.site,
                space: self.space,
                offset: self.offset,
                number: PhantomData,
            },
            component,
        }
    }

    /// Takes 1 away in the component where it was added.
    #[inline]
    pub(crate) fn dec_in(self, component: Option<Component>) {
        if self.space == Space::Process || Component::current() == component {
            self.dec();
        } else {
            Component::or_outside(component).scope(|| self.dec());
        }
    }

    #[cold]
    #[inline(never)]
    fn change_cold(self, cell: u32, n: u64) {
        let integer = self.site.definition().integer;
        let cells = [self.offset + cell, self.offset + GAUGE_SET];
        hot::change_gauge(self.site, self.space, cells, n, |bits| {
            number::changed(integer, bits, cell == GAUGE_ADDED, n)
        });
    }
}

/// Something that is going on, counted by a gauge until this is dropped.
#[derive(Debug)]
#[must_use = "what is in flight ends as soon as the guard is dropped"]
pub struct InFlight {
    gauge: GaugeSeries,
    /// Where it was counted, so that it is taken away there.
    component: Option<Component>,
}

impl Drop for InFlight {
    #[inline]
    fn drop(&mut self) {
        self.gauge.dec_in(self.component);
    }
}
