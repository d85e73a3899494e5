//! The macros when obs is compiled in.

/// Makes the static of a metric, registers it with the linker and evaluates to the handle.
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
        static SITE: $crate::private::Callsite = $crate::private::Callsite::new($crate::private::Definition {
            name: $name,
            help: $help,
            unit: $unit,
            kind: $crate::__kind!($kind),
            scope: $crate::private::Scope::$scope,
            zero: $zero,
            integer: $crate::__integer!($($number)?),
            literals: &[$(($literal, $text)),*],
            keys: &[$($crate::private::LabelKey {
                name: $key,
                values: <$enum as $crate::private::LabelValue>::VALUES,
            }),*],
            bounds: $bounds,
            $($field: $value,)*
            file: ::core::file!(),
            line: ::core::line!(),
            module: ::core::module_path!(),
            ..$crate::private::Definition::BLANK
        });
        #[$crate::private::linkme::distributed_slice($crate::private::CALLSITES)]
        #[linkme(crate = $crate::private::linkme)]
        static LINKED: &$crate::private::Callsite = &SITE;
        $crate::__handle!($kind, ($($labels)*), $($number)?, $bounds)
    }};
}

/// The handle of the static that `__metric` made.
#[doc(hidden)]
#[macro_export]
macro_rules! __handle {
    (Histogram, ($($labels:tt)*), $number:ident, $bounds:expr) => {{
        const __OBS_BOUNDS: &[::core::primitive::f64] = $bounds;
        const _: () = $crate::private::bounds::check(__OBS_BOUNDS);
        static KEYS: [::core::primitive::u64; __OBS_BOUNDS.len()] = $crate::__keys!($number)(__OBS_BOUNDS);
        $crate::private::Histogram::<$crate::__labels!($($labels)*), $crate::private::$number>::at(&SITE, &KEYS)
    }};
    (Gauge, ($($labels:tt)*), $number:ident, $bounds:expr) => {
        $crate::private::Gauge::<$crate::__labels!($($labels)*), $crate::private::$number>::at(&SITE)
    };
    (ExponentialHistogram, ($($labels:tt)*), $number:ident, $bounds:expr) => {
        $crate::private::ExponentialHistogram::<$crate::__labels!($($labels)*), $crate::private::$number>::at(&SITE)
    };
    (Summary, ($($labels:tt)*), $number:ident, $bounds:expr) => {
        $crate::private::Summary::<$crate::__labels!($($labels)*), $crate::private::$number>::at(&SITE)
    };
    (Info, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::Info::at(&SITE)
    };
    (StateSet, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::StateSet::<$($labels)*>::at(&SITE)
    };
    (ObservedGauge, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::ObservedGauge::<$crate::__labels!($($labels)*)>::at(&SITE)
    };
    (ObservedCounter, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::ObservedCounter::<$crate::__labels!($($labels)*)>::at(&SITE)
    };
    (Counter, ($($labels:tt)*), , $bounds:expr) => {
        $crate::private::Counter::<$crate::__labels!($($labels)*)>::at(&SITE)
    };
}

/// Whether a metric's second type parameter is `Integer`.
#[doc(hidden)]
#[macro_export]
macro_rules! __integer {
    (Integer) => {
        true
    };
    ($($other:ident)?) => {
        false
    };
}

/// Keeps the instrumented item, and drops the plain one.
#[doc(hidden)]
#[macro_export]
macro_rules! __instrumented {
    ({ $($on:tt)* } { $($off:tt)* }) => { $($on)* };
}
