//! All metrics of the facade, and the definitions behind them. A thread comes here once for each key.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use metrics::{Key, Metadata};
use obs::catalogue::{Definition, Kind};
use obs::defined::{self, Labelled, MOST_LABELS};
use obs::{Counter, Gauge, Histogram, Number};

use super::buckets::Buckets;
use super::handles::{Counts, Distributions, Levels, Reason, Series};
use super::names;
use super::neighbours::Neighbours;

/// What a recorder is set up with.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) buckets: Buckets,
    pub(super) max_series: u32,
    pub(super) total_suffix: bool,
}

/// All metrics by name. Written and read under its lock; the facade's threads have caches of their own.
#[derive(Debug)]
struct Registry {
    metrics: HashMap<String, Metric>,
    neighbours: Neighbours,
}

/// A metric: what all of its series share.
#[derive(Debug)]
struct Metric {
    base: Definition,
    /// The definitions that the name has, by the names of their labels, or why there can be none.
    handles: HashMap<Vec<String>, Result<Handle, Reason>>,
}

/// What is defined under one name with the same names of labels.
#[derive(Debug, Clone, Copy)]
enum Handle {
    Count(Counter),
    Counts(Labelled<Counter>),
    Level(Gauge),
    Levels(Labelled<Gauge>),
    Distribution(Histogram<(), Number>),
    Distributions(Labelled<Histogram<(), Number>>),
}

thread_local! {
    /// Whether the thread is in here already: with nothing to drop, so that it is there to the end of the thread.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Leaves the registry, also by a panic.
struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        INSIDE.set(false);
    }
}

/// Returns the series of a key, and defines its metric where that is new; or why there can be none.
///
/// A series is one, whichever recorder asks for it. What an allocation in here records is refused: it would wait for this
/// very lock.
pub(super) fn series(
    kind: Kind,
    key: &Key,
    metadata: &Metadata<'_>,
    setup: &Setup,
) -> Result<Series, Reason> {
    static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(|| Mutex::new(Registry::new()));
    if INSIDE.replace(true) {
        return Err(Reason::Reentrant);
    }
    let _leave = Leave;
    let mut registry = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    registry.series(kind, key, metadata, setup)
}

/// Returns the name under which a metric of the facade is exported.
pub(super) fn exported_name(kind: Kind, name: &str, setup: &Setup) -> String {
    let mut name = names::metric(name);
    if setup.total_suffix && kind == Kind::Counter && !name.ends_with("_total") {
        name.push_str("_total");
    }
    name
}

impl Registry {
    fn new() -> Registry {
        Registry {
            metrics: HashMap::new(),
            neighbours: Neighbours::linked(),
        }
    }

    fn series(
        &mut self,
        kind: Kind,
        key: &Key,
        metadata: &Metadata<'_>,
        setup: &Setup,
    ) -> Result<Series, Reason> {
        let name = exported_name(kind, key.name(), setup);
        let (names, values): (Vec<String>, Vec<String>) = names::labels(key).into_iter().unzip();
        if names.len() > MOST_LABELS {
            return Err(Reason::Labels);
        }
        if !self.metrics.contains_key(&name) {
            self.neighbours.take(&name, kind)?;
            let metric = Metric::new(kind, &name, metadata, setup);
            self.metrics.insert(name.clone(), metric);
        }
        let metric = self.metrics.get_mut(&name);
        let metric = metric.filter(|metric| metric.base.kind == kind);
        let handle = metric
            .ok_or(Reason::Kind)?
            .handle(names, &self.neighbours)?;
        Ok(handle.series(values))
    }
}

impl Metric {
    fn new(kind: Kind, name: &str, metadata: &Metadata<'_>, setup: &Setup) -> Metric {
        let module = metadata.module_path().unwrap_or("metrics");
        let name: &'static str = name.to_owned().leak();
        Metric {
            base: Definition {
                name,
                kind,
                max_series: setup.max_series,
                mixed_labels: true,
                bounds: match kind {
                    Kind::Histogram => setup.buckets.of(name),
                    _ => &[],
                },
                module: module.to_owned().leak(),
                file: "the metrics facade",
                ..Definition::BLANK
            },
            handles: HashMap::new(),
        }
    }

    fn handle(&mut self, names: Vec<String>, neighbours: &Neighbours) -> Result<Handle, Reason> {
        let base = self.base;
        let made = self.handles.get(&names).copied();
        made.unwrap_or_else(|| {
            let definition = with_labels(base, &names);
            let handle = neighbours.admit(&definition);
            let handle = handle.map(|()| Handle::new(definition));
            self.handles.insert(names, handle);
            handle
        })
    }
}

fn with_labels(base: Definition, names: &[String]) -> Definition {
    let leaked = names.iter().map(|name| &*name.clone().leak());
    Definition {
        dynamic: leaked.collect::<Vec<&'static str>>().leak(),
        ..base
    }
}

impl Handle {
    fn new(definition: Definition) -> Handle {
        let plain = definition.dynamic.is_empty();
        match definition.kind {
            Kind::Counter if plain => Handle::Count(defined::counter(definition)),
            Kind::Counter => Handle::Counts(defined::labelled(defined::counter, definition)),
            Kind::Histogram if plain => Handle::Distribution(defined::histogram(definition)),
            Kind::Histogram => {
                Handle::Distributions(defined::labelled(defined::histogram, definition))
            }
            _ if plain => Handle::Level(defined::gauge(definition)),
            _ => Handle::Levels(defined::labelled(defined::gauge, definition)),
        }
    }

    fn series(self, values: Vec<String>) -> Series {
        match self {
            Handle::Count(counter) => Series::Count(counter.with(())),
            Handle::Counts(counter) => Series::Counts(Counts(counter.with(values))),
            Handle::Level(gauge) => Series::Level(gauge.with(())),
            Handle::Levels(gauge) => Series::Levels(Levels(gauge.with(values))),
            Handle::Distribution(histogram) => Series::Distribution(histogram.with(())),
            Handle::Distributions(histogram) => {
                Series::Distributions(Distributions(histogram.with(values)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics::Level;

    const METADATA: Metadata<'static> = Metadata::new("target", Level::INFO, None);

    fn ask(kind: Kind, key: &Key) -> Result<Series, Reason> {
        let setup = Setup {
            buckets: Buckets::default(),
            max_series: 1,
            total_suffix: false,
        };
        series(kind, key, &METADATA, &setup)
    }

    #[test]
    fn a_thread_that_is_inside_is_refused_and_not_kept_waiting() {
        let key = Key::from_static_name("registry_inside");
        INSIDE.set(true);
        assert!(matches!(ask(Kind::Counter, &key), Err(Reason::Reentrant)));
        INSIDE.set(false);
        assert!(matches!(ask(Kind::Counter, &key), Ok(Series::Count(_))));
        assert!(matches!(ask(Kind::Gauge, &key), Err(Reason::Kind)));
        assert!(!INSIDE.get(), "whoever is refused leaves again");
    }

    #[test]
    fn there_may_be_sixteen_labels_and_no_more() {
        let key = |labels: usize| {
            let labels = (0..labels).map(|n| metrics::Label::new(format!("l{n}"), "x"));
            Key::from_parts("registry_labels", labels.collect::<Vec<_>>())
        };
        assert!(matches!(
            ask(Kind::Histogram, &key(16)),
            Ok(Series::Distributions(_))
        ));
        assert!(matches!(
            ask(Kind::Histogram, &key(17)),
            Err(Reason::Labels)
        ));
    }
}
