//! What the merge counts about itself.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use obs::collector::Stats;
use obs::{Counter, Dynamic, Gauge, Histogram, LabelValue, counter, gauge, histogram};

use crate::model::Snapshot;

use super::told::Told;

static MERGES: Counter = counter!(
    "obs_merges_total",
    "Merges of all threads' cells into a snapshot.",
    scope = process
);

static DURATION: Histogram = histogram!(
    "obs_merge_duration_seconds",
    "How long a merge took, from the first cell read to a complete snapshot.",
    scope = process,
    bounds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
);

static SERIES: Gauge = gauge!(
    "obs_series",
    "Series that the snapshot before this one exported.",
    scope = process
);

static COMPONENTS: Gauge<State> = gauge!(
    "obs_components",
    "Components in the snapshot before this one: live, or retired with series that are still exported.",
    labels(state: State),
    scope = process
);

static SLABS: Gauge = gauge!(
    "obs_slabs",
    "Slabs of cells that were ever allocated; they are used again, never freed.",
    scope = process
);

static SLAB_BYTES: Gauge = gauge!("obs_slab_bytes", "Memory of all slabs.", scope = process);

static THREADS: Gauge = gauge!(
    "obs_recording_threads",
    "Threads that have recorded something and have not ended.",
    scope = process
);

static MISPLACED: Counter = counter!(
    "obs_misplaced_scope_ends_total",
    "Guards of components that ended out of order or on a foreign thread.",
    scope = process
);

static DROPPED: Counter<Reason> = counter!(
    "obs_dropped_records_total",
    "Records that were refused: they came out of the record path itself, or were no number or a negative duration.",
    labels(reason: Reason),
    scope = process
);

static CUT: Counter = counter!(
    "obs_cut_label_values_total",
    "Values of dynamic labels that were longer than 128 bytes, and cut.",
    scope = process
);

static OVERFLOWS: Dynamic<Counter, 1> = counter!(
    "obs_series_overflows_total",
    "Look-ups of series with dynamic labels that went to the series `_overflow`, by metric: the component had as many as \
     `max_series` allows.",
    dynamic(metric),
    scope = process,
    max_series = 10000
);

static OBSERVER_PANICS: Dynamic<Counter, 1> = counter!(
    "obs_observer_panics_total",
    "Panics of functions that observed metrics asked, by metric; a gauge's series is left out of that merge.",
    dynamic(metric),
    scope = process,
    max_series = 10000
);

#[derive(Debug, Clone, Copy, LabelValue)]
enum Reason {
    Reentrant,
    Refused,
}

#[derive(Debug, Clone, Copy, LabelValue)]
enum State {
    Live,
    Retired,
}

static MISPLACED_TOLD: Told = Told::nothing();
static REENTRANT_TOLD: Told = Told::nothing();
static REFUSED_TOLD: Told = Told::nothing();
static CUT_TOLD: Told = Told::nothing();
static OVERFLOWS_TOLD: Mutex<Counts> = Mutex::new(Counts::new());
static OBSERVER_PANICS_TOLD: Mutex<Counts> = Mutex::new(Counts::new());

/// Counts that somebody else keeps, by metric.
type Counts = BTreeMap<&'static str, u64>;

/// Shows what the record path counts about itself.
pub(crate) fn record_stats(stats: Stats) {
    SLABS.set(stats.slabs);
    SLAB_BYTES.set(stats.slab_bytes);
    THREADS.set(stats.threads);
    MISPLACED.inc_by(MISPLACED_TOLD.news(stats.misplaced_leaves));
    CUT.inc_by(CUT_TOLD.news(stats.cut_values));
    let dropped = |reason| DROPPED.with(reason);
    dropped(Reason::Reentrant).inc_by(REENTRANT_TOLD.news(stats.reentrant_drops));
    dropped(Reason::Refused).inc_by(REFUSED_TOLD.news(stats.refused_observations));
}

/// Shows how often there was no room for a series, by metric.
pub(crate) fn record_overflows(overflows: &Counts) {
    by_metric(OVERFLOWS, &OVERFLOWS_TOLD, overflows);
}

/// Shows how often functions panicked that observed metrics asked.
pub(crate) fn record_observer_panics(panics: &Counts) {
    by_metric(OBSERVER_PANICS, &OBSERVER_PANICS_TOLD, panics);
}

fn by_metric(counter: Dynamic<Counter, 1>, told: &Mutex<Counts>, counts: &Counts) {
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    for (&metric, &count) in counts.iter().filter(|(_, count)| **count > 0) {
        let before = told.insert(metric, count).unwrap_or(0);
        counter.with([metric]).inc_by(count - before);
    }
}

/// Counts a finished merge.
pub(crate) fn record(snapshot: &Snapshot, took: Duration) {
    MERGES.inc();
    DURATION.observe(took);
    SERIES.set(snapshot.series_count());
    COMPONENTS.with(State::Live).set(snapshot.components(false));
    COMPONENTS
        .with(State::Retired)
        .set(snapshot.components(true));
}
