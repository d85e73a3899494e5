//! All series of the facade, and the definitions behind them. A thread comes here once for each key.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use metrics::{Key, Metadata};
use obs::catalogue::{Definition, Kind};
use obs::{CounterSeries, GaugeSeries, HistogramSeries, Number, defined};

use super::buckets::Buckets;
use super::names;

/// The value that labels have in the series which takes what is beyond the limit.
const OVERFLOW: &str = "_overflow";

/// What a recorder is set up with.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) buckets: Buckets,
    pub(super) max_series: usize,
    pub(super) total_suffix: bool,
}

/// One series, of whatever kind.
#[derive(Debug, Clone, Copy)]
pub(super) enum Series {
    Count(CounterSeries),
    Level(GaugeSeries),
    Distribution(HistogramSeries<Number>),
}

/// Labels with legal names, in the order of the names.
type Labels = Vec<(String, String)>;

/// All metrics by name. Written and read under its lock; the facade's threads have caches of their own.
#[derive(Debug, Default)]
pub(super) struct Registry(HashMap<String, Metric>);

/// A metric: what all of its series share.
#[derive(Debug)]
struct Metric {
    base: Definition,
    series: HashMap<Labels, Series>,
    /// What takes further label values.
    overflow: Option<Series>,
}

/// The registry of the process: a series is one, whichever recorder asks for it.
pub(super) fn lock() -> MutexGuard<'static, Registry> {
    static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(Mutex::default);
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// Returns the series of a key, and makes it where it is new; `None` where the name is another kind's.
    pub(super) fn series(
        &mut self,
        kind: Kind,
        key: &Key,
        metadata: &Metadata<'_>,
        setup: &Setup,
    ) -> Option<Series> {
        let name = exported_name(kind, key.name(), setup);
        let make = |name: &String| Metric::new(kind, name, metadata, setup);
        let metric = match self.0.get_mut(&name) {
            Some(metric) => metric,
            None => {
                let metric = make(&name);
                self.0.entry(name).or_insert(metric)
            }
        };
        (metric.base.kind == kind).then(|| metric.series(names::labels(key), setup.max_series))
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
                mixed_labels: true,
                bounds: match kind {
                    Kind::Histogram => setup.buckets.of(name),
                    _ => &[],
                },
                module: module.to_owned().leak(),
                file: "the metrics facade",
                ..Definition::BLANK
            },
            series: HashMap::new(),
            overflow: None,
        }
    }

    fn series(&mut self, labels: Labels, most: usize) -> Series {
        if let Some(series) = self.series.get(&labels) {
            return *series;
        }
        if !labels.is_empty() && self.series.len() >= most {
            let overflow = self.overflow;
            return *self.overflow.insert(overflow.unwrap_or_else(|| {
                let names = labels
                    .into_iter()
                    .map(|(name, _)| (name, OVERFLOW.to_owned()));
                define(self.base, names.collect())
            }));
        }
        let series = define(self.base, labels.clone());
        self.series.insert(labels, series);
        series
    }
}

fn define(base: Definition, labels: Labels) -> Series {
    let leaked = labels.into_iter();
    let leaked = leaked.map(|(name, value)| (&*name.leak(), &*value.leak()));
    let definition = Definition {
        literals: leaked.collect::<Vec<(&'static str, &'static str)>>().leak(),
        ..base
    };
    match base.kind {
        Kind::Counter => Series::Count(defined::counter(definition).with(())),
        Kind::Histogram => Series::Distribution(defined::histogram(definition).with(())),
        _ => Series::Level(defined::gauge(definition).with(())),
    }
}
