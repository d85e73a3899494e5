//! Turns merge after merge into snapshots, keeping what did not change from one to the next.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use obs::collector::{Collector, Merge, Metric};

use crate::model::Snapshot;
use crate::model::described;
use crate::model::exemplars::Exemplars;
use crate::model::family::{Families, Naming};

use super::derived::Derived;
use super::executor::Executors;
use super::own;
use super::windows::Windows;

/// Owns the process's collector.
#[derive(Debug)]
pub(crate) struct Merger {
    collector: Collector,
    naming: Naming,
    linger: Duration,
    executors: Executors,
    /// What `families` was made of.
    metrics: Arc<[Metric]>,
    described: u64,
    families: Arc<Families>,
    previous: Option<Arc<Snapshot>>,
    windows: Windows,
    derived: Derived,
    exemplars: Arc<Exemplars>,
}

impl Merger {
    /// Takes over the collector; nothing is merged yet.
    pub(crate) fn new(
        collector: Collector,
        naming: Naming,
        linger: Duration,
        executors: Executors,
    ) -> Merger {
        Merger {
            collector,
            naming,
            linger,
            executors,
            metrics: Arc::new([]),
            described: 0,
            families: Arc::default(),
            previous: None,
            windows: Windows::default(),
            derived: Derived::default(),
            exemplars: Arc::default(),
        }
    }

    /// Shows which traces observations were made in, as somebody else finds out.
    pub(crate) fn with_exemplars(mut self, exemplars: Arc<Exemplars>) -> Merger {
        self.exemplars = exemplars;
        self
    }

    /// Merges everything that was recorded before this call.
    ///
    /// `clock` is asked once more when the merge is done, to say how long it took.
    pub(crate) fn merge(
        &mut self,
        time: SystemTime,
        begun: Instant,
        clock: impl Fn() -> Instant,
    ) -> Arc<Snapshot> {
        #[cfg(target_os = "linux")]
        super::process::record();
        self.executors.record();
        self.collector.expire(self.linger, begun);
        let mut merge = self.collector.merge();
        own::record_stats(merge.stats);
        own::record_overflows(&merge.overflows);
        own::record_observer_panics(&merge.observer_panics);
        let families = self.families_of(&merge);
        self.derived.apply(&mut merge, time, begun);
        let mut snapshot = Snapshot::new(time, families, merge, self.previous.as_deref())
            .without_retired_for(self.linger)
            .with_exemplars(&self.exemplars);
        self.windows.fill(&mut snapshot, begun);
        let snapshot = Arc::new(snapshot);
        self.previous = Some(snapshot.clone());
        own::record(&snapshot, clock().duration_since(begun));
        snapshot
    }

    fn families_of(&mut self, merge: &Merge) -> Arc<Families> {
        let described = described::times();
        if described != self.described || !same_metrics(&self.metrics, &merge.metrics) {
            self.described = described;
            self.metrics = merge.metrics.clone();
            let on = self.metrics.iter().filter(|metric| !metric.off);
            let on: Vec<Metric> = on.copied().collect();
            self.windows.keep_off(&self.metrics);
            self.families = Arc::new(Families::new(&on, &self.naming));
            self.derived.bind(&self.metrics);
        }
        self.families.clone()
    }
}

/// Whether both lists make the same families: metrics are only ever added, and now and then become `zero`, or are switched
/// off or on.
fn same_metrics(before: &[Metric], now: &[Metric]) -> bool {
    let same = |(before, now): (&Metric, &Metric)| {
        std::ptr::eq(before.definition, now.definition)
            && before.first_cell == now.first_cell
            && before.zero == now.zero
            && before.off == now.off
    };
    before.len() == now.len() && before.iter().zip(now).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{at, sole_collector};
    use obs::{Component, Counter, counter};

    static STEPS: Counter = counter!("obs_merger_steps_total", "Steps of these tests.");

    fn merge(merger: &mut Merger, now: Instant) -> Arc<Snapshot> {
        merger.merge(at(1), now, || now + Duration::from_millis(2))
    }

    fn steps(snapshot: &Snapshot, component: &str) -> Option<f64> {
        let mut series = snapshot.series_of("obs_merger_steps_total");
        let own = series.find(|series| series.component() == Some(component));
        own.map(|series| series.value().as_f64())
    }

    #[test]
    fn series_of_the_retired_linger_and_then_leave() {
        let (_turn, collector) = sole_collector();
        let linger = Duration::from_secs(60);
        let mut merger = Merger::new(collector, Naming::default(), linger, Executors::default());
        let component = Component::register("merger lingers");
        std::thread::spawn(move || component.scope(|| STEPS.inc_by(3)))
            .join()
            .unwrap();

        let begun = Instant::now();
        assert_eq!(
            steps(&merge(&mut merger, begun), "merger lingers"),
            Some(3.0)
        );
        component.retire();
        assert_eq!(
            steps(&merge(&mut merger, begun), "merger lingers"),
            Some(3.0)
        );
        let soon = begun + linger / 2;
        assert_eq!(
            steps(&merge(&mut merger, soon), "merger lingers"),
            Some(3.0)
        );
        let families = merger.families.clone();
        let gone = merge(&mut merger, begun + linger);
        assert_eq!(steps(&gone, "merger lingers"), None);
        assert!(gone.total("obs_merger_steps_total", &[]) >= Some(3));
        assert!(
            Arc::ptr_eq(&families, &merger.families),
            "text is made once"
        );
    }

    #[test]
    fn a_merge_shows_what_the_one_before_it_took() {
        let (_turn, collector) = sole_collector();
        let mut merger = Merger::new(
            collector,
            Naming::default(),
            Duration::ZERO,
            Executors::default(),
        );
        let now = Instant::now();
        let before = merge(&mut merger, now);
        let after = merge(&mut merger, now);
        let count = |snapshot: &Snapshot, name| -> f64 {
            snapshot
                .series_of(name)
                .map(|series| series.value().as_f64())
                .sum()
        };
        for name in ["obs_merges_total", "obs_merge_duration_seconds"] {
            assert_eq!(count(&after, name) - count(&before, name), 1.0, "{name}");
        }
        assert_eq!(count(&after, "obs_series"), before.series().count() as f64);
        assert!(count(&after, "obs_slab_bytes") > 0.0);
    }

    /// Which of a hundred series.
    #[derive(Clone, Copy)]
    struct Shard(usize);

    impl obs::LabelValue for Shard {
        const VALUES: &'static [&'static str] = &["shard"; 100];

        fn index(self) -> usize {
            self.0
        }
    }

    static SHARDS: Counter<Shard> =
        counter!("obs_merger_shards_total", "Steps of a measurement.", labels(shard: Shard));

    /// Half of the figure in ANCHORS.md, the other half of which is rendering: run with
    /// `cargo test --release -p obs-runtime -- --ignored --nocapture hundred_thousand`.
    #[test]
    #[ignore = "a measurement, in release"]
    fn a_hundred_thousand_counters_are_merged_fast() {
        let (_turn, collector) = sole_collector();
        let mut merger = Merger::new(
            collector,
            Naming::default(),
            Duration::ZERO,
            Executors::default(),
        );
        for n in 0..1_000 {
            let component = Component::register(&format!("merged/{n}"));
            component.scope(|| (0..100).for_each(|shard| SHARDS.with(Shard(shard)).inc()));
        }
        let mut times: Vec<f64> = (0..30)
            .map(|_| {
                let begun = Instant::now();
                let snapshot = merger.merge(at(1), begun, Instant::now);
                let took = begun.elapsed().as_secs_f64() * 1e3;
                assert_eq!(
                    snapshot.series_of("obs_merger_shards_total").count(),
                    100_000
                );
                took
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!(
            "merge: median {:.2} ms, least {:.2} ms",
            times[15], times[0]
        );
        assert!(times[0] <= 5.0, "{:.2} ms", times[0]);
    }
}
