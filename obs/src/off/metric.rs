//! Handles of metrics that do not exist: every verb is empty.

use std::marker::PhantomData;
use std::time::Duration;

use crate::label::LabelSet;
use crate::number::{GaugeValue, Level, Number};

/// A handle of nothing, and a series of it.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $series:ident $(, $number:ident: $bound:ident = $default:ty)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<L: LabelSet = () $(, $number: $bound = $default)?>(PhantomData<fn(L $(, $number)?)>);

        /// One series of it.
        #[derive(Debug, Clone, Copy)]
        pub struct $series$(<$number: $bound = $default>)?(PhantomData<fn($($number)?)>);

        impl<L: LabelSet $(, $number: $bound)?> $name<L $(, $number)?> {
            /// The handle of no callsite; for the macro.
            #[doc(hidden)]
            pub const fn off() -> Self {
                $name(PhantomData)
            }

            /// The series with these label values.
            #[inline(always)]
            pub fn with(self, labels: L) -> $series$(<$number>)? {
                let _ = labels;
                $series(PhantomData)
            }
        }
    };
}

handle! {
    /// A counter that stays at nothing.
    Counter, CounterSeries
}

handle! {
    /// A gauge that stays at nothing.
    Gauge, GaugeSeries, N: Level = Number
}

handle! {
    /// A histogram that stays empty.
    Histogram, HistogramSeries, U: Unit = Seconds
}

handle! {
    /// A histogram that stays empty.
    ExponentialHistogram, ExponentialSeries, U: Unit = Seconds
}

/// A summary that stays empty.
#[derive(Debug, Clone, Copy)]
pub struct Summary<L: LabelSet = (), U: Unit = Seconds>(PhantomData<fn(L, U)>);

impl<L: LabelSet, U: Unit> Summary<L, U> {
    /// The handle of no callsite; for the macro.
    #[doc(hidden)]
    pub const fn off() -> Self {
        Summary(PhantomData)
    }

    /// The series with these label values.
    #[inline(always)]
    pub fn with(self, labels: L) -> ExponentialSeries<U> {
        let _ = labels;
        ExponentialSeries(PhantomData)
    }
}

/// Empty verbs, alike for the metric without labels and for one series of it.
macro_rules! verbs {
    (for $generics:tt $($type:ty),+ => $($verbs:tt)+) => {
        verbs! { @each $generics [$($type),+] [$($verbs)+] }
    };
    (@each $generics:tt [$($type:ty),+] $verbs:tt) => {
        $(verbs! { @impl $generics $type, $verbs })+
    };
    (@impl [$($generics:tt)*] $type:ty, [$($(#[$doc:meta])* fn $verb:ident($($argument:ident: $of:ty)?);)+]) => {
        impl<$($generics)*> $type {$(
            $(#[$doc])*
            #[inline(always)]
            pub fn $verb(self $(, $argument: $of)?) {
                $(let _ = $argument;)?
            }
        )+}
    };
}

verbs! { for [] Counter, CounterSeries =>
    /// Does nothing.
    fn inc();
    /// Does nothing.
    fn inc_by(n: u64);
    /// Does nothing.
    fn inc_by_duration(duration: Duration);
}

verbs! { for [N: Level] Gauge<(), N>, GaugeSeries<N> =>
    /// Does nothing.
    fn set(value: impl GaugeValue<N>);
    /// Does nothing.
    fn inc();
    /// Does nothing.
    fn dec();
    /// Does nothing.
    fn inc_by(n: u64);
    /// Does nothing.
    fn dec_by(n: u64);
}

impl<N: Level> Gauge<(), N> {
    /// A guard of nothing.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight {
        InFlight(())
    }
}

impl<N: Level> GaugeSeries<N> {
    /// A guard of nothing.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight {
        InFlight(())
    }
}

/// A guard of nothing.
#[derive(Debug)]
#[must_use = "what is in flight ends as soon as the guard is dropped"]
pub struct InFlight(());

/// What a histogram would measure: [`Seconds`] or [`Number`].
pub trait Unit: Copy + 'static {}

/// Durations.
#[derive(Debug, Clone, Copy)]
pub enum Seconds {}

impl Unit for Seconds {}
impl Unit for Number {}

verbs! { for [] Histogram, HistogramSeries =>
    /// Does nothing.
    fn observe(duration: Duration);
    /// Does nothing.
    fn observe_seconds(seconds: f64);
}

verbs! { for [] Histogram<(), Number>, HistogramSeries<Number> =>
    /// Does nothing.
    fn observe(value: f64);
}

verbs! { for [] ExponentialHistogram, ExponentialSeries, Summary =>
    /// Does nothing.
    fn observe(duration: Duration);
    /// Does nothing.
    fn observe_seconds(seconds: f64);
}

verbs! { for [] ExponentialHistogram<(), Number>, ExponentialSeries<Number>, Summary<(), Number> =>
    /// Does nothing.
    fn observe(value: f64);
}

macro_rules! timers {
    ($($type:ty => $series:ty),+) => {$(
        impl $type {
            /// A timer that reads no clock.
            #[inline(always)]
            pub fn start_timer(self) -> Timer<$series> {
                Timer(PhantomData)
            }

            /// A timer that reads no clock.
            #[inline(always)]
            pub fn start_timer_one_in(self, n: u32) -> Timer<$series> {
                let _ = n;
                Timer(PhantomData)
            }
        }
    )+};
}

timers! {
    Histogram => HistogramSeries,
    HistogramSeries => HistogramSeries,
    ExponentialHistogram => ExponentialSeries,
    ExponentialSeries => ExponentialSeries,
    Summary => ExponentialSeries
}

/// A series that durations would be measured into.
pub trait Measured: Copy {}

impl Measured for HistogramSeries {}
impl Measured for ExponentialSeries {}

/// A measurement that is never taken.
#[derive(Debug)]
#[must_use = "the timer observes as soon as it is dropped"]
pub struct Timer<S: Measured = HistogramSeries>(PhantomData<S>);

impl<S: Measured> Timer<S> {
    /// Nothing was measured.
    #[inline(always)]
    pub fn stop(self) -> Option<Duration> {
        None
    }

    /// Nothing was measured.
    #[inline(always)]
    pub fn discard(self) {}
}
