//! Which of the standard metrics moved during the run, and how many each component has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use obs::catalogue;
use obs_runtime::Snapshot;
use obs_runtime::model::Snapshots;

use crate::schedule::{Stopped, Ticks};

/// How often is looked: what waits for an answer waits for longer.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What has been seen so far.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    /// Metrics of which a series was not 0.
    moved: Mutex<BTreeSet<String>>,
    /// Standard metrics that each component has, at the last look.
    of_component: Mutex<BTreeMap<String, BTreeSet<String>>>,
}

impl Coverage {
    /// Looks again and again until the host stops.
    pub(crate) async fn watch(self: Arc<Self>, snapshots: Arc<Snapshots>, stopped: Stopped) {
        let mut ticks = Ticks::every(LOOK_EVERY, stopped);
        while ticks.next().await {
            if let Ok(snapshot) = snapshots.fresh().await {
                self.look(&snapshot);
            }
        }
    }

    /// Takes note of what a snapshot shows.
    pub(crate) fn look(&self, snapshot: &Snapshot) {
        let standard = standard();
        let mut moved = lock(&self.moved);
        let mut of_component = lock(&self.of_component);
        for series in snapshot.series() {
            let name = series.family().name();
            if series.value().as_f64() != 0.0 && !moved.contains(name) {
                moved.insert(name.to_owned());
            }
            if let Some(component) = series.component()
                && standard.contains(name)
            {
                let metrics = of_component.entry(component.to_owned()).or_default();
                metrics.insert(name.to_owned());
            }
        }
    }

    /// The standard metrics that never moved.
    pub(crate) fn silent(&self) -> Vec<&'static str> {
        let moved = lock(&self.moved);
        let silent = standard().into_iter().filter(|name| !moved.contains(*name));
        silent.collect()
    }

    /// How many standard metrics a component has.
    pub(crate) fn metrics_of(&self, component: &str) -> usize {
        lock(&self.of_component)
            .get(component)
            .map_or(0, BTreeSet::len)
    }
}

/// The names of the standard metrics of a host.
pub(crate) fn standard() -> BTreeSet<&'static str> {
    let metrics = catalogue::catalogue().metrics;
    let of_host = metrics
        .iter()
        .filter(|metric| metric.definition.module.starts_with("obs::host::"));
    of_host.map(|metric| metric.definition.name).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
