//! The macros when obs is compiled out: they check what they are given, and leave nothing.

/// Checks a metric and evaluates to an empty handle.
#[doc(hidden)]
#[macro_export]
macro_rules! __metric {
    (
        $kind:ident, ($($labels:tt)*), $($number:ident)?,
        name: $name:expr, help: $help:expr, unit: $unit:expr, scope: $scope:ident, zero: $zero:expr,
        literals: [$(($literal:expr, $text:expr)),* $(,)?],
        keys: [$(($key:expr, $enum:ty)),* $(,)?],
        bounds: $bounds:expr $(, $field:ident: $value:expr)* $(,)?
    ) => {{
        $crate::__check_labels!($($labels)*);
        const _: [&::core::primitive::str; 3] = [$name, $help, $unit];
        const _: &[(&::core::primitive::str, &::core::primitive::str)] = &[$(($literal, $text)),*];
        const _: $crate::private::Definition = $crate::private::Definition { $($field: $value,)* ..$crate::private::Definition::BLANK };
        $crate::__handle!($kind, ($($labels)*), $($number)?, $bounds)
    }};
}

/// An empty handle.
#[doc(hidden)]
#[macro_export]
macro_rules! __handle {
    (Histogram, ($($labels:tt)*), $number:ident, $bounds:expr) => {{
        const __OBS_BOUNDS: &[::core::primitive::f64] = $bounds;
        const _: () = $crate::private::bounds::check(__OBS_BOUNDS);
        const _: [::core::primitive::u64; __OBS_BOUNDS.len()] = $crate::__keys!($number)(__OBS_BOUNDS);
        $crate::private::Histogram::<$crate::__labels!($($labels)*), $crate::private::$number>::off()
    }};
    (Gauge, ($($labels:tt)*), $number:ident, $bounds:expr) => {
        $crate::private::Gauge::<$crate::__labels!($($labels)*), $crate::private::$number>::off()
    };
    (ExponentialHistogram, ($($labels:tt)*), $number:ident, $bounds:expr) => {
        $crate::private::ExponentialHistogram::<$crate::__labels!($($labels)*), $crate::private::$number>::off()
    };
    (Summary, ($($labels:tt)*), $number:ident, $bounds:expr) => {
        $crate::private::Summary::<$crate::__labels!($($labels)*), $crate::private::$number>::off()
    };
    (Info, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::Info::off()
    };
    (StateSet, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::StateSet::<$($labels)*>::off()
    };
    (ObservedGauge, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::ObservedGauge::<$crate::__labels!($($labels)*)>::off()
    };
    (ObservedCounter, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::ObservedCounter::<$crate::__labels!($($labels)*)>::off()
    };
    (Counter, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::Counter::<$crate::__labels!($($labels)*)>::off()
    };
}

/// Keeps the plain item, and drops the instrumented one.
#[doc(hidden)]
#[macro_export]
macro_rules! __instrumented {
    ({ $($on:tt)* } { $($off:tt)* }) => { $($off)* };
}
