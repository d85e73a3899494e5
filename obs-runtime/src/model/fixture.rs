//! Snapshots made by hand, for the tests of every stage.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use obs::Component;
use obs::catalogue::{Definition, Kind, LabelKey, Metric, Scope};
use obs::collector::{Collector, Merge, MergedLife};

use super::Snapshot;
use super::family::{Families, Naming};

/// A counter called `name` without labels; tests change what they are about.
pub(crate) fn definition(name: &str, kind: Kind) -> Definition {
    Definition {
        name: leak(name),
        help: "Help.",
        kind,
        file: "src/somewhere.rs",
        line: 7,
        module: "shop::parser",
        ..Definition::BLANK
    }
}

/// Text that lives as long as a macro's does.
pub(crate) fn leak(text: &str) -> &'static str {
    String::from(text).leak()
}

/// An enum label.
pub(crate) fn key(name: &str, values: &[String]) -> LabelKey {
    let values: Vec<&'static str> = values.iter().map(|value| leak(value)).collect();
    LabelKey {
        name: leak(name),
        values: values.leak(),
    }
}

/// Metrics with their cells one after the other, as the catalogue places them, and the number of cells in each scope.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub(crate) metrics: Vec<Metric>,
    component: usize,
    process: usize,
}

impl Layout {
    pub(crate) fn new(definitions: impl IntoIterator<Item = Definition>) -> Layout {
        let mut layout = Layout::default();
        for definition in definitions {
            layout.add(definition);
        }
        let order = |metric: &Metric| (metric.definition.name, metric.definition.literals);
        layout.metrics.sort_by_key(order);
        layout
    }

    fn add(&mut self, definition: Definition) {
        // Metrics are made by the catalogue alone; one of the runtime's own lends its form.
        let mut metric = obs::catalogue::catalogue().metrics[0];
        let cells = match definition.scope {
            Scope::Component => &mut self.component,
            Scope::Process => &mut self.process,
        };
        metric.definition = Box::leak(Box::new(definition));
        metric.first_cell = *cells as u32;
        metric.zero = definition.zero;
        metric.conflicting = false;
        *cells += cells_per_series(&definition) * definition.series_count();
        self.metrics.push(metric);
    }

    /// Cells of a life in which nobody has touched anything.
    pub(crate) fn cells(&self) -> Vec<u64> {
        vec![0; self.component]
    }

    /// Cells of the process in which nobody has touched anything.
    pub(crate) fn process_cells(&self) -> Vec<u64> {
        vec![0; self.process]
    }

    /// Where the cells of a series begin.
    pub(crate) fn first_cell(&self, name: &str, series: usize) -> usize {
        let known = self
            .metrics
            .iter()
            .find(|metric| metric.definition.name == name);
        let metric = known.expect("the layout has the metric");
        metric.first_cell as usize + series * cells_per_series(metric.definition)
    }

    /// How many cells the series of a metric have together.
    pub(crate) fn cells_of(&self, metric: &Metric) -> usize {
        cells_per_series(metric.definition) * metric.series_count()
    }

    pub(crate) fn families(&self, naming: &Naming) -> Arc<Families> {
        Arc::new(Families::new(&self.metrics, naming))
    }

    pub(crate) fn snapshot(&self, lives: Vec<MergedLife>) -> Snapshot {
        self.snapshot_of(Merge {
            lives,
            ..Merge::default()
        })
    }

    pub(crate) fn snapshot_of(&self, merge: Merge) -> Snapshot {
        Snapshot::new(at(1_000), self.families(&Naming::default()), merge, None)
    }
}

/// How crate `obs` lays out a series: a counter in one cell; a gauge as added, removed and set; a histogram as its
/// buckets, the infinite one, the sum and the pace of its timers; an exponential one with a cell more, for zero.
fn cells_per_series(definition: &Definition) -> usize {
    match definition.kind {
        Kind::Histogram | Kind::Summary => match definition.exponential {
            Some(scale) => scale.buckets() as usize + 4,
            None => definition.bounds.len() + 3,
        },
        Kind::Gauge => 3,
        _ => 1,
    }
}

/// A moment, in seconds since the epoch.
pub(crate) fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// A life of a component of that name, registered for it.
pub(crate) fn life(name: &str, cells: Vec<u64>) -> MergedLife {
    MergedLife {
        component: Component::register(name),
        name: Some(name.into()),
        retired: false,
        cells,
        dynamic: Vec::new(),
    }
}

/// What was recorded outside any component.
pub(crate) fn outside(cells: Vec<u64>) -> MergedLife {
    MergedLife {
        name: None,
        ..life("fixture outside", cells)
    }
}

/// The process's collector, for one test at a time.
pub(crate) fn sole_collector() -> (MutexGuard<'static, ()>, Collector) {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let collector = Collector::acquire();
    (turn, collector.expect("unit tests start no runtime"))
}
