//! What the journeys share: reading one component, reading expositions, asking a server.

/// What the metrics of one function say.
pub mod calls;

/// A strict reader of both text formats.
pub mod exposition;

/// A reader of the protobuf exposition.
pub mod protobuf;

/// A small HTTP client over a plain socket.
pub mod http;

/// Instrumented code under every lint.
pub mod strict;

/// Traces that a runtime has kept, read back.
pub mod traces;

/// Programs of others.
pub mod programs;

/// Real terminals.
pub mod terminal;

use std::sync::{Mutex, MutexGuard, PoisonError};

use obs::Component;
use obs::catalogue::Reading;
use obs::collector::{self, MergedLife};

/// Held by a test that starts a runtime: a process has one, and tests may share a process.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

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
