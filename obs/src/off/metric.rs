//! Handles of metrics that do not exist: every verb is empty.

use std::marker::PhantomData;
use std::time::Duration;

use crate::label::LabelSet;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident, $series:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<L: LabelSet = ()>(PhantomData<fn(L)>);

        /// One series of it.
        #[derive(Debug, Clone, Copy)]
        pub struct $series(());

        impl<L: LabelSet> Clone for $name<L> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<L: LabelSet> Copy for $name<L> {}

        impl<L: LabelSet> $name<L> {
            /// The handle of no callsite; for the macro.
            #[doc(hidden)]
            pub const fn off() -> Self {
                $name(PhantomData)
            }

            /// The series with these label values.
            #[inline(always)]
            pub fn with(self, labels: L) -> $series {
                let _ = labels;
                $series(())
            }
        }
    )+};
}

handles! {
    /// A counter that stays at nothing.
    Counter, CounterSeries;
    /// A gauge that stays at nothing.
    Gauge, GaugeSeries;
}

/// Empty verbs, alike for the metric without labels and for one series of it.
macro_rules! verbs {
    ($($type:ty),+ => $($(#[$doc:meta])* fn $verb:ident($($argument:ident: $of:ty)?);)+) => {
        verbs! { @each [$($type),+] [$($(#[$doc])* fn $verb($($argument: $of)?);)+] }
    };
    (@each [$first:ty, $second:ty] $verbs:tt) => {
        verbs! { @impl $first, $verbs }
        verbs! { @impl $second, $verbs }
    };
    (@impl $type:ty, [$($(#[$doc:meta])* fn $verb:ident($($argument:ident: $of:ty)?);)+]) => {
        impl $type {$(
            $(#[$doc])*
            #[inline(always)]
            pub fn $verb(self $(, $argument: $of)?) {
                $(let _ = $argument;)?
            }
        )+}
    };
}

verbs! { Counter, CounterSeries =>
    /// Does nothing.
    fn inc();
    /// Does nothing.
    fn inc_by(n: u64);
    /// Does nothing.
    fn inc_by_duration(duration: Duration);
}

verbs! { Gauge, GaugeSeries =>
    /// Does nothing.
    fn set(value: impl GaugeValue);
    /// Does nothing.
    fn inc();
    /// Does nothing.
    fn dec();
    /// Does nothing.
    fn inc_by(n: u64);
    /// Does nothing.
    fn dec_by(n: u64);
}

impl Gauge {
    /// A guard of nothing.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight {
        InFlight(())
    }
}

impl GaugeSeries {
    /// A guard of nothing.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight {
        InFlight(())
    }
}

/// What a gauge could be set to.
pub trait GaugeValue {}

macro_rules! gauge_values {
    ($($type:ty)+) => {$(impl GaugeValue for $type {})+};
}

gauge_values! { f64 f32 i64 u64 i32 u32 i16 u16 i8 u8 isize usize bool }

/// A guard of nothing.
#[derive(Debug)]
#[must_use = "what is in flight ends as soon as the guard is dropped"]
pub struct InFlight(());

/// What a histogram would measure: [`Seconds`] or [`Number`].
pub trait Unit: 'static {}

/// Durations.
#[derive(Debug, Clone, Copy)]
pub enum Seconds {}

/// Numbers in the metric's own unit.
#[derive(Debug, Clone, Copy)]
pub enum Number {}

impl Unit for Seconds {}
impl Unit for Number {}

/// A histogram that stays empty.
#[derive(Debug)]
pub struct Histogram<L: LabelSet = (), U: Unit = Seconds>(PhantomData<fn(L, U)>);

/// One series of it.
#[derive(Debug)]
pub struct HistogramSeries<U: Unit = Seconds>(PhantomData<fn(U)>);

impl<L: LabelSet, U: Unit> Clone for Histogram<L, U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: LabelSet, U: Unit> Copy for Histogram<L, U> {}

impl<U: Unit> Clone for HistogramSeries<U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<U: Unit> Copy for HistogramSeries<U> {}

impl<L: LabelSet, U: Unit> Histogram<L, U> {
    /// The handle of no callsite; for the macro.
    #[doc(hidden)]
    pub const fn off() -> Self {
        Histogram(PhantomData)
    }

    /// The series with these label values.
    #[inline(always)]
    pub fn with(self, labels: L) -> HistogramSeries<U> {
        let _ = labels;
        HistogramSeries(PhantomData)
    }
}

verbs! { Histogram, HistogramSeries =>
    /// Does nothing.
    fn observe(duration: Duration);
    /// Does nothing.
    fn observe_seconds(seconds: f64);
}

verbs! { Histogram<(), Number>, HistogramSeries<Number> =>
    /// Does nothing.
    fn observe(value: f64);
}

macro_rules! timers {
    ($($type:ty),+) => {$(
        impl $type {
            /// A timer that reads no clock.
            #[inline(always)]
            pub fn start_timer(self) -> Timer {
                Timer(())
            }

            /// A timer that reads no clock.
            #[inline(always)]
            pub fn start_timer_one_in(self, n: u32) -> Timer {
                let _ = n;
                Timer(())
            }
        }
    )+};
}

timers! { Histogram, HistogramSeries }

/// A measurement that is never taken.
#[derive(Debug)]
#[must_use = "the timer observes as soon as it is dropped"]
pub struct Timer(());

impl Timer {
    /// Nothing was measured.
    #[inline(always)]
    pub fn stop(self) -> Option<Duration> {
        None
    }

    /// Nothing was measured.
    #[inline(always)]
    pub fn discard(self) {}
}
