//! The catalogue: every metric linked into the binary, its cells, and where two definitions contradict each other.

/// What a macro says of a metric.
pub(crate) mod definition;

/// Reading a metric's values out of merged cells.
mod reading;

/// Switching metrics off and on again.
mod switch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use definition::{DEFAULT_MAX_SERIES, Definition, Difference, Kind, LabelKey, Scope, Source};
pub(crate) use reading::{CellClass, mark_of, read_info};
pub use reading::{Metric, Reading};

use switch::Switches;
pub use switch::means;

pub use crate::exponential::Exponential;

use crate::callsite::{CALLSITES, Callsite};
use crate::record::hot::{self, WORLD};
use crate::record::life::Space;

/// Two definitions of one name that contradict each other.
#[derive(Debug, Clone, Copy)]
pub struct Conflict {
    /// In what they differ.
    pub difference: Difference,
    /// The definition that came first, by name and place.
    pub first: &'static Definition,
    /// The one that does not agree with it.
    pub second: &'static Definition,
}

/// What is known of all metrics now.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// One entry per metric, by name and literal labels.
    pub metrics: Vec<Metric>,
    /// Definitions that cannot both be exported. They record, each into cells of its own.
    pub conflicts: Vec<Conflict>,
    /// Differences that do no harm.
    pub warnings: Vec<Conflict>,
}

/// Callsites in the order of registration; those of one metric share their cells.
struct Registered {
    linked: bool,
    callsites: Vec<&'static Callsite>,
    catalogue: Catalogue,
    switches: Switches,
}

static REGISTERED: Mutex<Registered> = Mutex::new(Registered {
    linked: false,
    callsites: Vec::new(),
    catalogue: Catalogue {
        metrics: Vec::new(),
        conflicts: Vec::new(),
        warnings: Vec::new(),
    },
    switches: Switches::new(),
});

/// Every metric linked into the binary or used so far.
pub fn catalogue() -> Catalogue {
    hot::quietly(|| linked().catalogue.clone())
}

/// Switches metrics off by the name in their definitions, or by its beginning and `*` as in `function_*`; those too that are
/// registered later. Returns how many there are now.
///
/// What is off is not recorded: a record is a few instructions that find this out, timers do not read the clock, functions
/// that are observed are not called. What had been recorded is kept, but no longer exported.
///
/// Records under way on other threads may count or not. A handle of a series with dynamic labels, looked up while the
/// metric is off, may count in the series `_overflow` once it is on again; look it up again then.
pub fn switch_off(names: &str) -> usize {
    hot::quietly(|| linked().switch(names, false))
}

/// Switches metrics on again, as [`switch_off`] switches them off; each goes on from where it was. The last of both that means
/// a metric decides.
pub fn switch_on(names: &str) -> usize {
    hot::quietly(|| linked().switch(names, true))
}

/// Forgets every switch: all metrics are on.
pub(crate) fn forget_switches() {
    hot::quietly(|| {
        let mut registered = linked();
        registered.switches = Switches::new();
        registered.obey_switches();
    });
}

/// The names of the metrics that are off.
pub(crate) fn names_off() -> BTreeSet<&'static str> {
    let registered = linked();
    let metrics = registered.catalogue.metrics.iter();
    let off = metrics.filter(|metric| metric.off);
    off.map(|metric| metric.definition.name).collect()
}

/// How often series with dynamic labels were looked up that there was no room for, by the name of the metric.
pub(crate) fn overflows() -> BTreeMap<&'static str, u64> {
    let mut overflows = BTreeMap::new();
    for site in &linked().callsites {
        let definition = site.definition();
        if !definition.dynamic.is_empty() {
            *overflows.entry(definition.name).or_default() += site.overflows().total();
        }
    }
    overflows
}

/// The definitions that have a function of their own, each with the cell that keeps what it tells.
pub(crate) fn functions() -> Vec<(&'static Definition, u32)> {
    hot::quietly(|| {
        let registered = linked();
        let sites = registered.callsites.iter();
        let functions = sites.filter_map(|site| {
            let definition = site.definition();
            let cell = match definition.source {
                Source::Gauge(_) => site.first()? + definition.set_cell(),
                Source::Counter(_) => site.first()?,
                Source::Recorded | Source::Watched => return None,
            };
            Some((definition, cell))
        });
        functions.collect()
    })
}

/// Gives a callsite its cells, if it has none, and returns the first.
pub(crate) fn register(site: &'static Callsite) -> u32 {
    let mut registered = linked();
    site.first().unwrap_or_else(|| registered.add(site))
}

/// Makes a gauge one that is set: `inc` and `dec` take the cold path from now on, which finds the cell that `set` writes.
/// This comes before the first `set` stores; so an `inc` that still takes the fast path began before any `set` had ended, and
/// may count as one before it. Nothing is moved: a series that is set shows what it was set to, and nothing else.
pub(crate) fn turn_to_set(site: &'static Callsite) {
    let mut registered = linked();
    let Some(first) = site.first() else {
        return;
    };
    let is_it = |metric: &&mut Metric| is_metric_of(metric, site);
    let Some(metric) = registered.catalogue.metrics.iter_mut().find(is_it) else {
        return;
    };
    if metric.off || metric.set {
        return;
    }
    metric.set = true;
    let scope = site.definition().scope;
    let shares = |other: &&&'static Callsite| {
        other.first() == Some(first) && other.definition().scope == scope
    };
    for other in registered.callsites.iter().filter(shares) {
        other.turn_to_set(first);
    }
}

/// Whether a registered callsite records into the cells of the metric.
fn is_metric_of(metric: &Metric, site: &Callsite) -> bool {
    site.first() == Some(metric.first_cell) && site.definition().scope == metric.definition.scope
}

/// Lets a callsite record into its metric as the metric is now.
fn settle(site: &Callsite, metric: &Metric) {
    match metric {
        Metric { off: true, .. } => site.turn_off(metric.first_cell),
        Metric { set: true, .. } => site.turn_to_set(metric.first_cell),
        _ => site.place_at(metric.first_cell),
    }
}

/// The registered callsites, those of the linker included from the first look on.
fn linked() -> MutexGuard<'static, Registered> {
    let mut registered = REGISTERED.lock().unwrap_or_else(PoisonError::into_inner);
    if !registered.linked {
        registered.linked = true;
        let mut sites: Vec<&'static Callsite> = CALLSITES.iter().copied().collect();
        sites.sort_by_key(|site| {
            let definition = site.definition();
            (
                definition.name,
                definition.literals,
                definition.file,
                definition.line,
            )
        });
        for site in sites {
            if site.first().is_none() {
                registered.add(site);
            }
        }
    }
    registered
}

impl Registered {
    fn add(&mut self, site: &'static Callsite) -> u32 {
        let definition = site.definition();
        let metric = self.metric_of(definition);
        settle(site, &metric);
        self.callsites.push(site);
        metric.first_cell
    }

    /// Returns how many metrics are meant.
    fn switch(&mut self, names: &str, on: bool) -> usize {
        self.switches.switch(names, on);
        self.obey_switches();
        let metrics = self.catalogue.metrics.iter();
        let meant = metrics.filter(|metric| means(names, metric.definition.name));
        meant.count()
    }

    fn obey_switches(&mut self) {
        let mut changed = Vec::new();
        for metric in &mut self.catalogue.metrics {
            let off = self.switches.are_off(metric.definition.name);
            if std::mem::replace(&mut metric.off, off) != off {
                changed.push(*metric);
            }
        }
        for metric in changed {
            let sites = self.callsites.iter();
            let its = sites.filter(|site| is_metric_of(&metric, site));
            its.for_each(|site| settle(site, &metric));
        }
    }

    /// The metric that the definition shares, or a new one.
    fn metric_of(&mut self, definition: &'static Definition) -> Metric {
        let catalogue = &mut self.catalogue;
        let family = |metric: &&mut Metric| metric.definition.name == definition.name;
        let mut disagrees = false;
        for metric in catalogue.metrics.iter_mut().filter(family) {
            let difference = definition.difference(metric.definition);
            if let Some(difference) = difference {
                if !metric.conflicting && !disagrees {
                    disagrees = true;
                    catalogue.conflicts.push(Conflict {
                        difference,
                        first: metric.definition,
                        second: definition,
                    });
                }
            } else if definition.same_literals(metric.definition) {
                if definition.help != metric.definition.help {
                    catalogue.warnings.push(Conflict {
                        difference: Difference::Help,
                        first: metric.definition,
                        second: definition,
                    });
                }
                metric.zero |= definition.zero;
                return *metric;
            }
        }
        let first_cell = WORLD.assign(definition.scope.space(), definition.cells());
        let mut metric = Metric::new(definition, first_cell, disagrees);
        metric.off = self.switches.are_off(definition.name);
        let order = |metric: &Metric| (metric.definition.name, metric.definition.literals);
        let at = catalogue
            .metrics
            .partition_point(|other| order(other) <= order(&metric));
        catalogue.metrics.insert(at, metric);
        metric
    }
}

impl Scope {
    pub(crate) const fn space(self) -> Space {
        match self {
            Scope::Component => Space::Component,
            Scope::Process => Space::Process,
        }
    }
}
