//! What a call costs: nothing of the heap, once the thread has made it before.

use allocation_counter::{AllocationInfo, measure};
use metrics::{
    Key, Label, Level, Metadata, Recorder as _, counter, gauge, histogram, with_local_recorder,
};
use obs::{Component, Counter, Dynamic};
use obs_runtime::bridge::metrics::Recorder;

const NOTHING: u64 = 0;

/// Allocations of a second run of the same calls.
fn warm(calls: impl Fn()) -> AllocationInfo {
    calls();
    measure(calls)
}

#[test]
fn a_call_with_a_static_key_allocates_nothing() {
    with_local_recorder(&Recorder::new(), || {
        let of_statics = warm(|| {
            for n in 0..100 {
                counter!("allocations_total").increment(1);
                counter!("allocations_labelled_total", "a" => "1", "b" => "2").increment(n);
                counter!("allocations_absolute_total").absolute(n);
                gauge!("allocations_level", "a" => "1").set(n as f64);
                gauge!("allocations_level", "a" => "1").increment(0.5);
                histogram!("allocations_seconds").record(n as f64);
            }
        });
        assert_eq!(of_statics.count_total, NOTHING);
    });
}

#[test]
fn a_key_of_run_time_labels_costs_the_recorder_nothing() {
    static METADATA: Metadata<'static> = Metadata::new("target", Level::INFO, None);
    let recorder = Recorder::new();
    // More labels than the facade itself compares without allocating, and in two orders.
    let labels = |reversed: bool| {
        let mut labels: Vec<Label> = (0..12)
            .map(|n| Label::new(format!("label_{n}"), format!("value {n}")))
            .collect();
        if reversed {
            labels.reverse();
        }
        labels
    };
    let keys: Vec<Key> = (0..1_000)
        .map(|n| Key::from_parts(format!("allocations_key_{}", n / 2), labels(n % 2 == 1)))
        .collect();
    let of_keys = warm(|| {
        for key in &keys {
            recorder.register_counter(key, &METADATA).increment(1);
        }
    });
    assert_eq!(of_keys.count_total, NOTHING);
    let histograms = warm(|| {
        let key = Key::from_static_name("allocations_histogram");
        recorder
            .register_histogram(&key, &METADATA)
            .record_many(0.5, 7);
    });
    assert_eq!(histograms.count_total, NOTHING);
}

static DYNAMIC: Dynamic<Counter, 2> = obs::counter!(
    "allocations_texts_total",
    "Counted by texts.",
    dynamic(path, method),
    max_series = 10_000
);

#[test]
fn texts_that_the_thread_knows_cost_nothing_however_many_there_are() {
    for many in [10, 1_000, 8_000] {
        let paths: Vec<String> = (0..many).map(|n| format!("/of {many}/{n}")).collect();
        let component = Component::register(&format!("allocations/{many}"));
        let of_texts = warm(|| {
            component.scope(|| {
                for path in &paths {
                    DYNAMIC.with([path, "GET"]).inc();
                }
            });
        });
        // A thread that has forgotten what it knew may ask again once.
        if many < 8_000 {
            assert_eq!(of_texts.count_total, NOTHING, "{many} series");
        }
        let again = measure(|| component.scope(|| DYNAMIC.with([&paths[0], "GET"]).inc()));
        assert_eq!(again.count_total, NOTHING, "{many} series");
        let metrics = obs_runtime::test::read(component);
        assert_eq!(
            metrics.counter("allocations_texts_total", &[]),
            2 * many + 1
        );
    }
}

static FLOODED: Dynamic<Counter, 2> = obs::counter!(
    "allocations_flooded_total",
    "Counted by texts that there is no room for.",
    dynamic(path, method),
    max_series = 2
);

#[test]
fn texts_that_there_is_no_room_for_cost_nothing_though_each_is_new() {
    let component = Component::register("allocations/flooded");
    let flood = |from: u32| {
        let paths: Vec<String> = (from..from + 1_000).map(|n| format!("/{n}")).collect();
        measure(|| {
            component.scope(|| {
                for path in &paths {
                    FLOODED.with([path, "GET"]).inc();
                }
            });
        })
    };
    let first = flood(0);
    assert!(first.count_total > NOTHING, "two get series");
    assert_eq!(flood(1_000).count_total, NOTHING);
    let metrics = obs_runtime::test::read(component);
    assert_eq!(metrics.counter("allocations_flooded_total", &[]), 2_000);
}

#[test]
fn the_measure_can_see_an_allocation() {
    with_local_recorder(&Recorder::new(), || {
        let dynamic = warm(|| {
            let value = String::from("made at run time");
            counter!("allocations_dynamic_total", "a" => value).increment(1);
        });
        assert!(dynamic.count_total > NOTHING);
    });
}
