//! Gauges: levels that go up and down.

use std::marker::PhantomData;

use crate::callsite::Callsite;
use crate::catalogue::definition::{UNSET, plus};
use crate::catalogue::{GAUGE_ADDED, GAUGE_CELLS, GAUGE_REMOVED};
use crate::component::Component;
use crate::label::LabelSet;
use crate::record::hot;
use crate::record::life::Space;

/// A gauge, as [`gauge!`](crate::gauge) makes it.
///
/// Two uses, each exact. One that is *set* has the value of the last `set`, whichever thread it came from: a plain
/// store. One that is only *counted up and down* adds up over threads, at the cost of a counter. From the first `set`
/// on, `inc` and `dec` change the value that was set, at the cost of an atomic instruction under a lock.
#[must_use = "a gauge shows nothing by itself"]
#[derive(Debug)]
pub struct Gauge<L: LabelSet = ()> {
    site: &'static Callsite,
    space: Space,
    labels: PhantomData<fn(L)>,
}

/// One series of a gauge with enum labels.
#[must_use = "a gauge shows nothing by itself"]
#[derive(Debug, Clone, Copy)]
pub struct GaugeSeries {
    site: &'static Callsite,
    space: Space,
    offset: u32,
}

/// What a gauge can be set to. Integers beyond 2^53 lose their last digits, as everywhere in Prometheus.
pub trait GaugeValue {
    /// The value as the exposition shows it.
    fn into_value(self) -> f64;
}

macro_rules! gauge_values {
    ($($type:ty)+) => {$(
        impl GaugeValue for $type {
            #[inline(always)]
            fn into_value(self) -> f64 {
                self as f64
            }
        }
    )+};
}

gauge_values! { f64 f32 i64 u64 i32 u32 i16 u16 i8 u8 isize usize }

impl GaugeValue for bool {
    #[inline(always)]
    fn into_value(self) -> f64 {
        f64::from(u8::from(self))
    }
}

impl<L: LabelSet> Clone for Gauge<L> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: LabelSet> Copy for Gauge<L> {}

impl<L: LabelSet> Gauge<L> {
    /// The handle of a callsite; for the macro.
    #[doc(hidden)]
    pub const fn at(site: &'static Callsite) -> Gauge<L> {
        Gauge {
            site,
            space: site.definition().scope.space(),
            labels: PhantomData,
        }
    }

    /// The series with these label values: index arithmetic, no look-up.
    #[inline(always)]
    pub fn with(self, labels: L) -> GaugeSeries {
        GaugeSeries {
            site: self.site,
            space: self.space,
            offset: labels.series() * GAUGE_CELLS,
        }
    }
}

impl Gauge {
    /// Sets the value.
    #[inline(always)]
    pub fn set(self, value: impl GaugeValue) {
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

impl GaugeSeries {
    /// Sets the value.
    #[inline(always)]
    pub fn set(self, value: impl GaugeValue) {
        let bits = value.into_value().to_bits() ^ UNSET;
        hot::store(self.site, self.space, self.offset, bits);
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
            gauge: self,
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
        if !self.site.is_set() {
            return hot::add_cold(self.site, self.space, self.offset + cell, n);
        }
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let change = if cell == GAUGE_ADDED { n } else { -n };
        hot::change_shared(self.site, self.space, self.offset, |cell| {
            cell.update(|bits| plus(bits, change));
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
