//! From a definition to a handle.

use crate::bounds;
use crate::callsite::Callsite;
use crate::catalogue::{Definition, Kind};
use crate::metric::{Counter, Gauge, Histogram};
use crate::number::Number;

/// Defines a counter.
pub fn counter(definition: Definition) -> Counter {
    Counter::at(site(Kind::Counter, definition))
}

/// Defines a gauge.
pub fn gauge(definition: Definition) -> Gauge {
    Gauge::at(site(Kind::Gauge, definition))
}

/// Defines a histogram of numbers with the definition's bounds.
///
/// # Panics
///
/// Panics where the bounds are empty, more than 1,000, not finite or not strictly increasing, or where the unit is
/// `seconds`: that would be a histogram of durations.
pub fn histogram(definition: Definition) -> Histogram<(), Number> {
    bounds::check(definition.bounds);
    let site = site(Kind::Histogram, definition);
    assert!(
        !site.definition().is_in_nanoseconds(),
        "a histogram of numbers has no unit of durations"
    );
    let keys = definition.bounds.iter().copied().map(bounds::order);
    Histogram::at(site, keys.collect::<Vec<u64>>().leak())
}

fn site(kind: Kind, definition: Definition) -> &'static Callsite {
    Box::leak(Box::new(Callsite::new(Definition { kind, ..definition })))
}
