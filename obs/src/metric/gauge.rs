//! Gauges: levels that go up and down.

use std::marker::PhantomData;

use super::histogram::Number;
use crate::callsite::Callsite;
use crate::catalogue::definition::{UNSET_INTEGER, UNSET_NUMBER};
use crate::catalogue::{GAUGE_ADDED, GAUGE_CELLS, GAUGE_REMOVED};
use crate::component::Component;
use crate::label::LabelSet;
use crate::record::hot;
use crate::record::life::Space;

/// A gauge, as [`gauge!`](crate::gauge) makes it; of any number unless the second parameter says [`Integer`].
///
/// Two uses, each exact. One that is *set* has the value of the last `set`, whichever thread it came from: a plain
/// store. One that is only *counted up and down* adds up over threads, at the cost of a counter. From the first `set`
/// on, `inc` and `dec` change the value that was set, at the cost of an atomic instruction under a lock.
#[must_use = "a gauge shows nothing by itself"]
#[derive(Debug)]
pub struct Gauge<L: LabelSet = (), N: Level = Number> {
    site: &'static Callsite,
    space: Space,
    types: PhantomData<fn(L, N)>,
}

/// One series of a gauge with enum labels.
#[must_use = "a gauge shows nothing by itself"]
#[derive(Debug)]
pub struct GaugeSeries<N: Level = Number> {
    site: &'static Callsite,
    space: Space,
    offset: u32,
    number: PhantomData<fn(N)>,
}

/// Whole numbers, exact over all of `i64` but its least, which counts as not set. Setting one converts nothing.
#[derive(Debug, Clone, Copy)]
pub enum Integer {}

/// What a gauge shows: [`Number`] or [`Integer`].
pub trait Level: sealed::Sealed + 'static {
    /// What it is set to.
    type Value;

    /// The bits of the cell after a `set`.
    #[doc(hidden)]
    fn bits(value: Self::Value) -> u64;
}

impl Level for Number {
    type Value = f64;

    #[inline(always)]
    fn bits(value: f64) -> u64 {
        value.to_bits() ^ UNSET_NUMBER
    }
}

impl Level for Integer {
    type Value = i64;

    #[inline(always)]
    fn bits(value: i64) -> u64 {
        (value ^ UNSET_INTEGER) as u64
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Number {}
    impl Sealed for super::Integer {}
}

/// What a gauge can be set to: any number, or for a gauge of whole numbers any integer.
///
/// The exposition shows floats, as everywhere in Prometheus: integers beyond 2^53 lose their last digits there.
#[diagnostic::on_unimplemented(
    message = "a gauge of `{N}` cannot be set to `{Self}`",
    label = "not `{N}`",
    note = "a gauge made with `integer` takes integers; leave the word out to set it to any number"
)]
pub trait GaugeValue<N: Level = Number> {
    /// The value as the gauge keeps it.
    fn into_value(self) -> N::Value;
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

macro_rules! gauge_integers {
    ($($type:ty)+) => {$(
        impl GaugeValue<Integer> for $type {
            /// Beyond the range of `i64`, the end of the range.
            #[inline(always)]
            fn into_value(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }
    )+};
}

gauge_integers! { i64 u64 i32 u32 i16 u16 i8 u8 isize usize bool }

impl<L: LabelSet, N: Level> Clone for Gauge<L, N> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: LabelSet, N: Level> Copy for Gauge<L, N> {}

impl<N: Level> Clone for GaugeSeries<N> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<N: Level> Copy for GaugeSeries<N> {}

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
        if !self.site.is_set() {
            return hot::add_cold(self.site, self.space, self.offset + cell, n);
        }
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let change = if cell == GAUGE_ADDED { n } else { -n };
        hot::change_shared(self.site, self.space, self.offset, |cell| {
            cell.update(|bits| self.site.definition().plus(bits, change));
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
