//! Handles of metrics that do not exist: every verb is empty.

use std::marker::PhantomData;
use std::time::Duration;

pub use super::moment::Moment;
use crate::label::{LabelSet, LabelValue};
use crate::number::{CounterValue, GaugeValue, Level, Number};

/// Where cells would be: [`Fixed`] or [`Bound`].
pub trait Cells: Copy + 'static {}

/// No cells.
#[derive(Debug, Clone, Copy)]
pub enum Fixed {}

/// No cells of a combination of labels.
#[derive(Debug, Clone, Copy)]
pub enum Bound {}

impl Cells for Fixed {}
impl Cells for Bound {}

/// A metric that can be bound to label values.
pub trait Bind: Copy {
    /// The metric with its labels.
    type Bound;

    /// Binds nothing.
    #[doc(hidden)]
    fn bind(self) -> Self::Bound;
}

/// A metric with dynamic labels that has no series.
#[derive(Debug, Clone, Copy)]
pub struct Dynamic<M, const N: usize>(M);

impl<M: Bind, const N: usize> Dynamic<M, N> {
    /// For the macro.
    #[doc(hidden)]
    pub const fn of(metric: M) -> Dynamic<M, N> {
        Dynamic(metric)
    }

    /// The metric with these label values.
    #[inline(always)]
    pub fn with(self, values: [&str; N]) -> M::Bound {
        let _ = values;
        self.0.bind()
    }
}

/// An info metric that says nothing.
#[derive(Debug, Clone, Copy)]
pub struct Info<const N: usize>(());

impl<const N: usize> Info<N> {
    /// The handle of no callsite; for the macro.
    #[doc(hidden)]
    pub const fn off() -> Info<N> {
        Info(())
    }

    /// Says how many labels there are; for the macro.
    #[doc(hidden)]
    pub const fn of(info: Info<N>) -> Info<N> {
        info
    }

    /// Does nothing.
    #[inline(always)]
    pub fn set(self, values: [&str; N]) {
        let _ = values;
    }
}

/// A handle of nothing, and a series of it.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $series:ident $(, $number:ident: $bound:ident = $default:ty)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<L: LabelSet = () $(, $number: $bound = $default)?, C: Cells = Fixed>(PhantomData<fn(L $(, $number)?, C)>);

        /// One series of it.
        #[derive(Debug, Clone, Copy)]
        pub struct $series<$($number: $bound = $default,)? C: Cells = Fixed>(PhantomData<fn($($number,)? C)>);

        impl<L: LabelSet $(, $number: $bound)?> $name<L $(, $number)?> {
            /// The handle of no callsite; for the macro.
            #[doc(hidden)]
            pub const fn off() -> Self {
                $name(PhantomData)
            }
        }

        impl<L: LabelSet $(, $number: $bound)?> Bind for $name<L $(, $number)?> {
            type Bound = $name<L $(, $number)?, Bound>;

            #[inline(always)]
            fn bind(self) -> Self::Bound {
                $name(PhantomData)
            }
        }

        impl<L: LabelSet $(, $number: $bound)?, C: Cells> $name<L $(, $number)?, C> {
            /// The series with these label values.
            #[inline(always)]
            pub fn with(self, labels: L) -> $series<$($number,)? C> {
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
pub struct Summary<L: LabelSet = (), U: Unit = Seconds, C: Cells = Fixed>(PhantomData<fn(L, U, C)>);

impl<L: LabelSet, U: Unit> Summary<L, U> {
    /// The handle of no callsite; for the macro.
    #[doc(hidden)]
    pub const fn off() -> Self {
        Summary(PhantomData)
    }
}

impl<L: LabelSet, U: Unit> Bind for Summary<L, U> {
    type Bound = Summary<L, U, Bound>;

    #[inline(always)]
    fn bind(self) -> Self::Bound {
        Summary(PhantomData)
    }
}

impl<L: LabelSet, U: Unit, C: Cells> Summary<L, U, C> {
    /// The series with these label values.
    #[inline(always)]
    pub fn with(self, labels: L) -> ExponentialSeries<U, C> {
        let _ = labels;
        ExponentialSeries(PhantomData)
    }
}

/// A metric that asks nobody, and a series of it.
macro_rules! observed {
    ($($metric:ident, $series:ident, $value:ident;)+) => {$(
        /// A metric that asks nobody.
        #[derive(Debug, Clone, Copy)]
        pub struct $metric<L: LabelSet = ()>(PhantomData<fn(L)>);

        /// One series of it.
        #[derive(Debug, Clone, Copy)]
        pub struct $series(());

        impl<L: LabelSet> $metric<L> {
            /// The handle of no callsite; for the macro.
            #[doc(hidden)]
            pub const fn off() -> Self {
                $metric(PhantomData)
            }

            /// The series with these label values.
            #[inline(always)]
            pub fn with(self, labels: L) -> $series {
                let _ = labels;
                $series(())
            }
        }

        impl $metric {
            /// Drops the function.
            #[inline(always)]
            pub fn watch<V: $value>(self, read: impl FnMut() -> V + Send + 'static) -> Watch {
                drop(read);
                Watch(())
            }
        }

        impl $series {
            /// Drops the function.
            #[inline(always)]
            pub fn watch<V: $value>(self, read: impl FnMut() -> V + Send + 'static) -> Watch {
                drop(read);
                Watch(())
            }
        }
    )+};
}

observed! {
    ObservedGauge, ObservedGaugeSeries, GaugeValue;
    ObservedCounter, ObservedCounterSeries, CounterValue;
}

/// A function that is not watched.
#[derive(Debug)]
#[must_use = "the function is watched until the guard is dropped"]
pub struct Watch(());

impl Watch {
    /// Does nothing.
    #[inline(always)]
    pub fn detach(self) {}
}

/// A state set that stays in no state.
#[derive(Debug, Clone, Copy)]
pub struct StateSet<S: LabelValue>(PhantomData<fn(S)>);

impl<S: LabelValue> StateSet<S> {
    /// The handle of no callsite; for the macro.
    #[doc(hidden)]
    pub const fn off() -> Self {
        StateSet(PhantomData)
    }

    /// Does nothing.
    #[inline(always)]
    pub fn set(self, state: S) {
        let _ = state;
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

verbs! { for [C: Cells] Counter<(), C>, CounterSeries<C> =>
    /// Does nothing.
    fn inc();
    /// Does nothing.
    fn inc_by(n: u64);
    /// Does nothing.
    fn raise_to(least: u64);
    /// Does nothing.
    fn inc_by_duration(duration: Duration);
}

verbs! { for [N: Level, C: Cells] Gauge<(), N, C>, GaugeSeries<N, C> =>
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

verbs! { for [C: Cells] Gauge<(), Number, C>, GaugeSeries<Number, C> =>
    /// Does nothing.
    fn add(value: f64);
}

impl<N: Level, C: Cells> Gauge<(), N, C> {
    /// A guard of nothing.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight<C> {
        InFlight(PhantomData)
    }
}

impl<N: Level, C: Cells> GaugeSeries<N, C> {
    /// A guard of nothing.
    #[inline(always)]
    pub fn in_flight(self) -> InFlight<C> {
        InFlight(PhantomData)
    }
}

/// A guard of nothing.
#[derive(Debug)]
#[must_use = "what is in flight ends as soon as the guard is dropped"]
pub struct InFlight<C: Cells = Fixed>(PhantomData<fn(C)>);

/// What a histogram would measure: [`Seconds`] or [`Number`].
pub trait Unit: Copy + 'static {}

/// Durations.
#[derive(Debug, Clone, Copy)]
pub enum Seconds {}

impl Unit for Seconds {}
impl Unit for Number {}

verbs! { for [C: Cells] Histogram<(), Seconds, C>, HistogramSeries<Seconds, C> =>
    /// Does nothing.
    fn observe(duration: Duration);
    /// Does nothing.
    fn observe_seconds(seconds: f64);
}

verbs! { for [C: Cells] Histogram<(), Number, C>, HistogramSeries<Number, C> =>
    /// Does nothing.
    fn observe(value: f64);
}

verbs! { for [C: Cells] ExponentialHistogram<(), Seconds, C>, ExponentialSeries<Seconds, C>, Summary<(), Seconds, C> =>
    /// Does nothing.
    fn observe(duration: Duration);
    /// Does nothing.
    fn observe_seconds(seconds: f64);
}

verbs! { for [C: Cells] ExponentialHistogram<(), Number, C>, ExponentialSeries<Number, C>, Summary<(), Number, C> =>
    /// Does nothing.
    fn observe(value: f64);
}

impl<C: Cells> Histogram<(), Seconds, C> {
    /// Does nothing.
    #[inline(always)]
    pub fn observe_traced(self, duration: Duration) {
        let _ = duration;
    }
}

impl<C: Cells> HistogramSeries<Seconds, C> {
    /// Does nothing.
    #[inline(always)]
    pub fn observe_traced(self, duration: Duration) {
        let _ = duration;
    }
}

impl<C: Cells> Histogram<(), Number, C> {
    /// Does nothing.
    #[inline(always)]
    pub fn observe_traced(self, value: f64) {
        let _ = value;
    }

    /// Does nothing.
    #[inline(always)]
    pub fn observe_many(self, value: f64, times: u64) {
        let _ = (value, times);
    }
}

impl<C: Cells> HistogramSeries<Number, C> {
    /// Does nothing.
    #[inline(always)]
    pub fn observe_traced(self, value: f64) {
        let _ = value;
    }

    /// Does nothing.
    #[inline(always)]
    pub fn observe_many(self, value: f64, times: u64) {
        let _ = (value, times);
    }
}

macro_rules! timers {
    ($($type:ty => $series:ty),+) => {$(
        impl<C: Cells> $type {
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
    Histogram<(), Seconds, C> => HistogramSeries<Seconds, C>,
    HistogramSeries<Seconds, C> => HistogramSeries<Seconds, C>,
    ExponentialHistogram<(), Seconds, C> => ExponentialSeries<Seconds, C>,
    ExponentialSeries<Seconds, C> => ExponentialSeries<Seconds, C>,
    Summary<(), Seconds, C> => ExponentialSeries<Seconds, C>
}

/// A series that durations would be measured into.
pub trait Measured: Copy {}

impl<C: Cells> Measured for HistogramSeries<Seconds, C> {}
impl<C: Cells> Measured for ExponentialSeries<Seconds, C> {}

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
