//! Functions of the process, in what is exported.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use obs::{ObservedCounter, ObservedGauge, counter, gauge};
use obs_runtime::{Runtime, Snapshot, Value};

use crate::turn;

static HEAP: AtomicU64 = AtomicU64::new(5);
static FAILS: AtomicBool = AtomicBool::new(false);

static BYTES: ObservedGauge = gauge!(
    "observed_heap_bytes",
    "Bytes on the heap.",
    labels(arena = "main"),
    observed = || HEAP.load(SeqCst)
);
static SPENT: ObservedCounter = counter!(
    "observed_spent_seconds_total",
    "Time spent.",
    observed = || Duration::from_millis(250)
);

fn fragile() -> u64 {
    assert!(!FAILS.load(SeqCst), "a panic that this test wants");
    3
}

fn shown(snapshot: &Snapshot, name: &str) -> Vec<f64> {
    let series = snapshot.series_of(name);
    let all: Vec<_> = series
        .map(|series| (series.component(), series.value()))
        .collect();
    assert!(all.iter().all(|(component, _)| component.is_none()));
    all.iter().map(|(_, value)| value.as_f64()).collect()
}

#[test]
fn functions_of_the_process_are_exported_once() {
    let _turn = turn();
    // In place, and in code that nobody has run: what is linked is asked.
    fn elsewhere() {
        gauge!(
            "observed_fragile",
            "Fails now and then.",
            observed = fragile
        );
        counter!(
            "observed_nothing_total",
            "Counts nothing.",
            observed = || 0u64
        );
    }
    let _ = elsewhere;
    obs::Component::register("observed beside").scope(|| ());
    let runtime = Runtime::builder().no_server().start().expect("it starts");
    let snapshot = runtime.snapshot();
    assert_eq!(shown(&snapshot, "observed_heap_bytes"), [5.0]);
    assert_eq!(shown(&snapshot, "observed_spent_seconds_total"), [0.25]);
    assert_eq!(shown(&snapshot, "observed_fragile"), [3.0]);
    assert_eq!(shown(&snapshot, "observed_nothing_total"), [0.0]);

    HEAP.store(6, SeqCst);
    let watch = BYTES.watch(|| 10);
    let _more = SPENT.watch(|| Duration::from_secs(1));
    FAILS.store(true, SeqCst);
    let snapshot = runtime.snapshot();
    assert_eq!(shown(&snapshot, "observed_heap_bytes"), [16.0]);
    assert_eq!(shown(&snapshot, "observed_spent_seconds_total"), [1.25]);
    assert_eq!(shown(&snapshot, "observed_fragile"), [0.0; 0]);
    drop(watch);

    FAILS.store(false, SeqCst);
    let snapshot = runtime.snapshot();
    assert_eq!(shown(&snapshot, "observed_heap_bytes"), [6.0]);
    assert_eq!(shown(&snapshot, "observed_fragile"), [3.0]);
    let panics = snapshot.series_of("obs_observer_panics_total");
    let counts: Vec<_> = panics
        .map(|series| {
            (
                series.has_labels(&[("metric", "observed_fragile")]),
                series.value(),
            )
        })
        .filter(|(_, value)| value.as_f64() > 0.0)
        .collect();
    assert!(
        matches!(counts[..], [(true, Value::Counter(count))] if count >= 1),
        "{counts:?}"
    );
}
