//! Reading in a test what the test has recorded, and nothing else.
//!
//! Metrics are statics, so tests of one process share them. A test that registers a component of its own and reads
//! only that one is alone all the same:
//!
//! ```
//! let own = obs::Component::register("parser_rejects_garbage");
//! own.scope(|| obs::counter!("rejected_total", "Documents rejected.").inc());
//! assert_eq!(obs_runtime::test::read(own).counter("rejected_total", &[]), 1);
//! ```

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use obs::Component;
use obs::collector::{self, Merge};

use crate::collect::windows::Windows;
use crate::model::family::{Families, Naming};
use crate::model::{Series, Snapshot, Value};

/// Reads what has been recorded in a component, by all threads; a runtime may run or not.
pub fn read(component: Component) -> Recorded {
    let metrics = obs::catalogue::catalogue().metrics;
    let families = Arc::new(Families::new(&metrics, &Naming::default()));
    let merge = Merge {
        lives: collector::read(component).into_iter().collect(),
        ..Merge::default()
    };
    let mut snapshot = Snapshot::new(SystemTime::UNIX_EPOCH, families, merge, None);
    Windows::default().fill(&mut snapshot, Instant::now());
    Recorded { snapshot }
}

/// What had been recorded in one component when it was read.
///
/// Series are chosen by metric name and by labels they must have, as in `&[("outcome", "ok")]`; where several have
/// them, they are added up. A series that nobody has touched counts as 0.
#[derive(Debug)]
pub struct Recorded {
    snapshot: Snapshot,
}

/// The observations of one or more histogram series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// Upper bounds, inclusive, without the infinite one.
    pub bounds: Vec<f64>,
    /// Observations per bucket, one more than there are bounds. Not cumulative.
    pub buckets: Vec<u64>,
    /// The sum of all observed values.
    pub sum: f64,
    /// How many there were.
    pub count: u64,
}

impl Recorded {
    /// Returns what a counter has counted; one of durations, in nanoseconds.
    ///
    /// # Panics
    ///
    /// When no counter of the binary has the name.
    #[track_caller]
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let counts = self.values(name, labels).map(|value| match value {
            Value::Counter(count) | Value::Nanoseconds(count) => count,
            other => panic!("`{name}` is no counter: {other:?}"),
        });
        counts.sum()
    }

    /// Returns the level of a gauge.
    ///
    /// # Panics
    ///
    /// When no gauge of the binary has the name.
    #[track_caller]
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let levels = self.values(name, labels).map(|value| match value {
            Value::Gauge(level) => level,
            other => panic!("`{name}` is no gauge: {other:?}"),
        });
        // An empty sum of floats is -0.
        levels.fold(0.0, |sum, level| sum + level)
    }

    /// Returns what a histogram has observed; an exponential one with a bucket per power of two.
    ///
    /// # Panics
    ///
    /// When no histogram of the binary has the name.
    #[track_caller]
    pub fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> Observed {
        let mut all = Observed::default();
        for value in self.values(name, labels) {
            match value {
                Value::Histogram(value) => {
                    all.add(value.bounds, value.buckets.iter().copied(), value.sum);
                }
                Value::Exponential(value) => {
                    all.add(value.classic_bounds(), value.classic_buckets(), value.sum);
                }
                other => panic!("`{name}` is no histogram: {other:?}"),
            }
        }
        all
    }

    /// Returns a quantile of everything that a summary has observed, as it would show it if all of it lay within its window;
    /// NaN where that is nothing.
    ///
    /// # Panics
    ///
    /// When no summary of the binary has the name, or several of its series have the labels, or it does not show the
    /// quantile.
    #[track_caller]
    pub fn quantile(&self, name: &str, labels: &[(&str, &str)], quantile: f64) -> f64 {
        let mut values = self.values(name, labels);
        let Some(value) = values.next() else {
            return f64::NAN;
        };
        assert!(
            values.next().is_none(),
            "several series of `{name}` have the labels {labels:?}: quantiles do not add up"
        );
        let Value::Summary(summary) = value else {
            panic!("`{name}` is no summary: {value:?}")
        };
        let mut shown = summary.quantiles.iter();
        let shown = shown.find(|(shown, _)| *shown == quantile);
        shown.map_or_else(
            || panic!("`{name}` does not show {quantile}: {:?}", summary.quantiles),
            |(_, value)| *value,
        )
    }

    /// Returns every series that was touched.
    pub fn series(&self) -> impl Iterator<Item = Series<'_>> {
        self.snapshot.touched()
    }

    #[track_caller]
    fn values<'a>(
        &'a self,
        name: &'a str,
        labels: &'a [(&'a str, &'a str)],
    ) -> impl Iterator<Item = Value<'a>> {
        let known = self.snapshot.families().any(|family| family.name() == name);
        assert!(
            known,
            "no metric `{name}` is linked into this binary or has been used so far"
        );
        self.series()
            .filter(move |series| series.family().name() == name && series.has_labels(labels))
            .map(|series| series.value())
    }
}

impl Observed {
    fn add(&mut self, bounds: &[f64], buckets: impl Iterator<Item = u64>, sum: f64) {
        if self.bounds.is_empty() {
            self.bounds = bounds.to_vec();
            self.buckets = vec![0; bounds.len() + 1];
        }
        for (total, count) in self.buckets.iter_mut().zip(buckets) {
            *total += count;
            self.count += count;
        }
        self.sum += sum;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use obs::{Counter, Gauge, Histogram, counter, gauge, histogram};

    use super::*;

    static JOBS: Counter<bool> = counter!("obs_read_jobs_total", "Jobs.", labels(well: bool));
    static BUSY: Counter = counter!("obs_read_busy_seconds_total", "Time spent.");
    static LEVEL: Gauge = gauge!("obs_read_level", "A level.");
    static WAIT: Histogram<bool> =
        histogram!("obs_read_wait_seconds", "Waits.", labels(well: bool), bounds = [1, 2]);

    #[test]
    fn each_kind_is_read_by_name_and_labels() {
        let own = Component::register("read each kind");
        assert_eq!(read(own).gauge("obs_read_level", &[]), 0.0);
        own.scope(|| {
            JOBS.with(true).inc_by(3);
            JOBS.with(false).inc();
            BUSY.inc_by_duration(Duration::from_millis(2));
            LEVEL.set(-1.5);
            WAIT.with(true).observe(Duration::from_millis(1_500));
            WAIT.with(false).observe(Duration::from_secs(5));
        });
        let recorded = read(own);
        assert_eq!(
            recorded.counter("obs_read_jobs_total", &[("well", "true")]),
            3
        );
        assert_eq!(recorded.counter("obs_read_jobs_total", &[]), 4);
        assert_eq!(
            recorded.counter("obs_read_busy_seconds_total", &[]),
            2_000_000
        );
        assert_eq!(recorded.gauge("obs_read_level", &[]), -1.5);
        let all = Observed {
            bounds: vec![1.0, 2.0],
            buckets: vec![0, 1, 1],
            sum: 6.5,
            count: 2,
        };
        assert_eq!(recorded.histogram("obs_read_wait_seconds", &[]), all);
        let well = recorded.histogram("obs_read_wait_seconds", &[("well", "true")]);
        assert_eq!((well.count, well.sum), (1, 1.5));
        assert_eq!(recorded.series().count(), 6);
    }

    #[test]
    #[should_panic(expected = "no metric `obs_unknown_total`")]
    fn an_unknown_name_is_a_mistake_of_the_test() {
        read(Component::register("read unknown")).counter("obs_unknown_total", &[]);
    }

    #[test]
    #[should_panic(expected = "is no counter")]
    fn another_kind_is_a_mistake_of_the_test() {
        let own = Component::register("read another kind");
        own.scope(|| LEVEL.inc());
        read(own).counter("obs_read_level", &[]);
    }
}
