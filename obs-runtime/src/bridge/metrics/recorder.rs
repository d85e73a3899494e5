//! The recorder and how it is set up.

use std::cell::RefCell;

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, SetRecorderError, SharedString, Unit,
};
use obs::catalogue::{DEFAULT_MAX_SERIES, Kind};

use super::buckets::{Buckets, Matcher};
use super::cache::Cache;
use super::handles::{self, Reason};
use super::registry::{self, Setup};
use crate::model::described;

/// Records what the macros of crate `metrics` say, in the component that the thread is in.
///
/// A call allocates nothing once the thread has made it before, histograms included; with labels, the macro itself may.
/// Names keep what they are called: illegal characters become underscores, and no suffix is added. A label `component`,
/// `le` or `quantile`, or one that begins with `__`, is exported as `exported_component` and so on.
#[derive(Debug, Clone)]
#[must_use = "a recorder records nothing until it is installed"]
pub struct Recorder {
    setup: Setup,
}

thread_local! {
    static CACHES: RefCell<Caches> = const {
        RefCell::new(Caches {
            counters: Cache::new(),
            gauges: Cache::new(),
            histograms: Cache::new(),
        })
    };
}

/// The handles that a thread has asked for. They are its own, so that cloning one moves no cache line between threads.
struct Caches {
    counters: Cache<Counter>,
    gauges: Cache<Gauge>,
    histograms: Cache<Histogram>,
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder {
            setup: Setup {
                buckets: Buckets::default(),
                max_series: DEFAULT_MAX_SERIES,
                total_suffix: false,
            },
        }
    }
}

impl Recorder {
    /// Returns a recorder with every default.
    pub fn new() -> Recorder {
        Recorder::default()
    }

    /// Gives bounds to the histograms that are meant; an exact name goes before a beginning, that before an end.
    ///
    /// What the first call says of a histogram holds for the life of the program.
    ///
    /// # Panics
    ///
    /// Panics where the bounds are empty, more than 1,000, not finite or not strictly increasing.
    pub fn bounds(mut self, matcher: Matcher, bounds: &[f64]) -> Recorder {
        self.setup.buckets.set(matcher, bounds);
        self
    }

    /// Gives bounds to all other histograms, instead of [`obs::DEFAULT_BOUNDS_SECONDS`] where the name ends in `_seconds`
    /// and [`DEFAULT_BOUNDS`](super::DEFAULT_BOUNDS) elsewhere.
    ///
    /// # Panics
    ///
    /// As [`bounds`](Recorder::bounds).
    pub fn default_bounds(mut self, bounds: &[f64]) -> Recorder {
        self.setup.buckets.set_default(bounds);
        self
    }

    /// Limits how many combinations of label values a metric may have in a component; further ones share a series whose label
    /// values are `_overflow`, so that totals stay exact. [`DEFAULT_MAX_SERIES`] unless it is said.
    pub fn max_series(mut self, most: u32) -> Recorder {
        self.setup.max_series = most;
        self
    }

    /// Whether counters get the suffix `_total` where their name lacks it. They do not by default: then they have the same
    /// name in all formats, and are of unknown type in OpenMetrics, which would not have them otherwise.
    pub fn total_suffix(mut self, add: bool) -> Recorder {
        self.setup.total_suffix = add;
        self
    }

    /// Makes this the recorder of the whole process.
    ///
    /// # Errors
    ///
    /// Another one is installed already.
    pub fn install(self) -> Result<(), SetRecorderError<Recorder>> {
        metrics::set_global_recorder(self)
    }

    fn describe(&self, kind: Kind, key: &KeyName, unit: Option<Unit>, description: &str) {
        let name = registry::exported_name(kind, key.as_str(), &self.setup);
        let unit = match unit {
            Some(Unit::Count) | None => "",
            Some(unit) => unit.as_str(),
        };
        described::describe(&name, description, unit);
    }
}

/// Answers from the thread's cache, or asks the registry and remembers the answer.
macro_rules! answer {
    ($setup:expr, $kind:ident, $key:expr, $metadata:expr, $cache:ident, $handle:ident, $handle_of:path) => {{
        let make = || $handle_of(registry::series(Kind::$kind, $key, $metadata, $setup));
        let answer = CACHES.try_with(|caches| {
            if let Ok(caches) = caches.try_borrow()
                && let Some(handle) = caches.$cache.get($key)
            {
                return handle.clone();
            }
            // Borrowed while the registry is locked: what an allocation records meanwhile does not wait for that lock.
            let Ok(mut caches) = caches.try_borrow_mut() else {
                Reason::Reentrant.count();
                return $handle::noop();
            };
            let handle = make();
            caches.$cache.insert($key.clone(), handle.clone());
            handle
        });
        // A thread that is ending has no cache any more.
        answer.unwrap_or_else(|_| make())
    }};
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(Kind::Counter, &key, unit, &description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(Kind::Gauge, &key, unit, &description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(Kind::Histogram, &key, unit, &description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        answer!(
            &self.setup,
            Counter,
            key,
            metadata,
            counters,
            Counter,
            handles::counter
        )
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        answer!(
            &self.setup,
            Gauge,
            key,
            metadata,
            gauges,
            Gauge,
            handles::gauge
        )
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        answer!(
            &self.setup,
            Histogram,
            key,
            metadata,
            histograms,
            Histogram,
            handles::histogram
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::sole_collector;
    use metrics::{Level, Recorder as _};
    use obs::collector::{Collector, Reading};

    fn reentrant(collector: &mut Collector) -> u64 {
        let merge = collector.merge();
        let name = "obs_bridge_refused_records_total";
        let mut metrics = merge.metrics.iter();
        let metric = metrics.find(|metric| metric.definition.name == name);
        match metric.expect("it is linked").read(&merge.process, 3) {
            Reading::Counter(count) => count,
            _ => 0,
        }
    }

    #[test]
    fn what_comes_out_of_the_cache_itself_is_refused_and_counted() {
        let (_turn, mut collector) = sole_collector();
        let recorder = Recorder::new();
        let key = Key::from_static_name("recorder_reentrant_total");
        let metadata = Metadata::new("target", Level::INFO, None);
        let before = reentrant(&mut collector);
        CACHES.with(|caches| {
            let _inside = caches.borrow_mut();
            recorder.register_counter(&key, &metadata).increment(1);
        });
        assert_eq!(reentrant(&mut collector) - before, 1);
    }
}
