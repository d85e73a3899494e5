//! What the journeys share: reading one component, and metrics that are registered after everything else.

use obs::catalogue::{Definition, Kind, Reading, Scope};
use obs::collector::{self, MergedLife};
use obs::private::Callsite;
use obs::{Component, Counter};

/// The cells of a component, as a merge would read them now.
///
/// # Panics
///
/// Panics where the component has gone.
pub fn read(component: Component) -> MergedLife {
    collector::read(component).expect("the component lives or lingers")
}

/// The value of a series in merged cells.
pub fn value<'a>(life: &'a MergedLife, metric: &str, series: usize) -> Reading<'a> {
    let metrics = obs::catalogue::catalogue().metrics;
    let metric = metrics
        .iter()
        .find(|known| known.definition.name == metric)
        .unwrap_or_else(|| panic!("no metric {metric} in the catalogue"));
    metric.read(&life.cells, series)
}

/// The value of a counter without labels in a component; 0 where it is untouched.
pub fn count(component: Component, metric: &str) -> u64 {
    match value(&read(component), metric, 0) {
        Reading::Counter(count) => count,
        Reading::Untouched => 0,
        other => panic!("{metric} is no counter: {other:?}"),
    }
}

/// A counter that the linker knows nothing of, so that it is registered when it is first used.
pub fn late_counter(name: &'static str) -> Counter {
    let site = Callsite::new(Definition {
        name,
        help: "Registered late.",
        unit: "",
        kind: Kind::Counter,
        scope: Scope::Component,
        zero: false,
        literals: &[],
        keys: &[],
        bounds: &[],
        file: file!(),
        line: line!(),
        module: module_path!(),
    });
    Counter::at(Box::leak(Box::new(site)))
}
