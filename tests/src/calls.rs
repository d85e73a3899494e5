//! What the metrics of one instrumented function say.

use obs::Component;
use obs::catalogue::{Metric, Reading, catalogue};

use crate::read;

/// The calls of a function in a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calls {
    /// Calls by outcome: ok, err, panic, cancelled.
    pub outcomes: [u64; 4],
    /// How many were timed.
    pub timed: u64,
}

/// The calls of the function with this label `function`.
///
/// # Panics
///
/// Panics where no function has that label.
pub fn calls(component: Component, function: &str) -> Calls {
    let outcomes =
        [0, 1, 2, 3].map(|series| counted(component, "function_calls_total", function, series));
    let duration = of_function("function_duration_seconds", function).expect("it is timed");
    let timed = match duration.read(&read(component).cells, 0) {
        Reading::Histogram { buckets, .. } => buckets.iter().sum(),
        _ => 0,
    };
    Calls { outcomes, timed }
}

/// The count of one series of a family, for the function with this label `function`.
///
/// # Panics
///
/// Panics where no function with that label feeds the family.
pub fn counted(component: Component, family: &str, function: &str, series: usize) -> u64 {
    let metric = of_function(family, function);
    let metric = metric.unwrap_or_else(|| panic!("`{function}` does not feed {family}"));
    match metric.read(&read(component).cells, series) {
        Reading::Counter(count) => count,
        _ => 0,
    }
}

/// The metric of a family that belongs to the function with this label `function`.
pub fn of_function(family: &str, function: &str) -> Option<Metric> {
    let metrics = catalogue().metrics;
    let label = ("function", function);
    let is_it = |metric: &Metric| {
        metric.definition.name == family && metric.definition.literals.contains(&label)
    };
    metrics.into_iter().find(is_it)
}
