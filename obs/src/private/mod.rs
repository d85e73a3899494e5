//! What the macros expand to. No stable interface: use the macros.

pub use crate::bounds;
pub use crate::callsite::{CALLSITES, Callsite};
pub use crate::catalogue::{Definition, Kind, LabelKey, Scope, Source};
pub use crate::exponential::Exponential;
pub use crate::label::{ErrorLabel, LabelSet, LabelValue};
pub use crate::metric::{
    Counter, Dynamic, ExponentialHistogram, Gauge, Histogram, Info, ObservedCounter, ObservedGauge,
    Seconds, StateSet, Summary,
};
use crate::number::{CounterValue, GaugeValue};
pub use crate::number::{Integer, Number};
pub use linkme;
pub use std::time::Duration;

/// Types that are looked at when nothing is recorded.
pub mod check;

/// Texts and names that are put together at compile time.
pub mod text;

/// Events of `tracing`, where the feature asks for them.
#[cfg(feature = "tracing")]
mod traced;

/// The error that stands for them elsewhere.
#[cfg(not(feature = "tracing"))]
mod untraced;

#[cfg(feature = "tracing")]
pub use tracing;

/// The macros when obs is compiled in.
#[cfg(not(any(obs_off, feature = "off")))]
mod on;

/// The same macros when it is compiled out.
#[cfg(any(obs_off, feature = "off"))]
mod off;

#[cfg(not(any(obs_off, feature = "off")))]
pub use crate::function;

/// What `span!` and `event!` expand to.
#[cfg(not(any(obs_off, feature = "off")))]
pub use crate::span;

/// What they are checked by when it is compiled out.
#[cfg(any(obs_off, feature = "off"))]
pub use crate::off::span;

/// What an observed gauge is told.
pub fn gauge_value<V: GaugeValue>(read: impl FnOnce() -> V) -> f64 {
    read().into_value()
}

/// What an observed counter is told; one of seconds is `timed`.
pub fn counter_value<V: CounterValue>(read: impl FnOnce() -> V, timed: bool) -> u64 {
    read().count(timed)
}

/// The most series one metric may have by its enum labels.
pub const MAX_ENUM_SERIES: u32 = 1_024;

/// The type of a metric's enum labels.
#[doc(hidden)]
#[macro_export]
macro_rules! __labels {
    () => { () };
    ($($labels:tt)+) => { $($labels)+ };
}

/// The bound of the enum labels of one metric, checked at compile time.
#[doc(hidden)]
#[macro_export]
macro_rules! __check_labels {
    ($($labels:tt)*) => {
        const _: () = ::core::assert!(
            <$crate::__labels!($($labels)*) as $crate::private::LabelSet>::COUNT <= $crate::private::MAX_ENUM_SERIES,
            "the enum labels of one metric have more than 1,024 combinations: use fewer labels or fewer values",
        );
    };
}

/// The kind of what a handle is of.
#[doc(hidden)]
#[macro_export]
macro_rules! __kind {
    (ExponentialHistogram) => {
        $crate::private::Kind::Histogram
    };
    (ObservedGauge) => {
        $crate::private::Kind::Gauge
    };
    (ObservedCounter) => {
        $crate::private::Kind::Counter
    };
    ($kind:ident) => {
        $crate::private::Kind::$kind
    };
}

/// How bounds of a unit become integers.
#[doc(hidden)]
#[macro_export]
macro_rules! __keys {
    (Seconds) => {
        $crate::private::bounds::nanoseconds
    };
    (Number) => {
        $crate::private::bounds::ordered
    };
}

pub use crate::__instrumented as instrumented;
pub use crate::__joined as joined;
pub use crate::__log as log;
pub use crate::__metric as metric;
