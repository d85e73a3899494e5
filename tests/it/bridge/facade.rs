//! The facade `metrics`: every verb, names and labels, threads, components, what is described and what is refused.

use std::thread;

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    with_local_recorder,
};
use obs::{Component, Counter, Gauge};
use obs_runtime::Runtime;
use obs_runtime::bridge::metrics::{Matcher, Recorder};
use obs_tests::turn;

use crate::recorded;

static SHARED: Counter = obs::counter!("facade_shared_total", "Counted by obs and by the facade.");
static LEVEL: Gauge = obs::gauge!("facade_taken", "A gauge of obs.");

#[test]
fn every_verb_does_what_the_facade_says() {
    let metrics = recorded("facade/verbs", || {
        counter!("facade_verbs_total").increment(3);
        counter!("facade_verbs_total").absolute(2);
        counter!("facade_verbs_total").absolute(10);
        let level = gauge!("facade_level");
        level.increment(1.5);
        level.decrement(0.25);
        gauge!("facade_set").set(-3.5);
        gauge!("facade_set").increment(1);
        let sizes = histogram!("facade_sizes");
        sizes.record(0.5);
        sizes.record_many(20, 3);
    });
    assert_eq!(metrics.counter("facade_verbs_total", &[]), 10);
    assert_eq!(metrics.gauge("facade_level", &[]), 1.25);
    assert_eq!(metrics.gauge("facade_set", &[]), -2.5);
    let labelled = recorded("facade/labelled verbs", || {
        counter!("facade_verbs_total", "a" => "b").increment(3);
        counter!("facade_verbs_total", "a" => "b").absolute(2);
        counter!("facade_verbs_total", "a" => "b").absolute(10);
        let level = gauge!("facade_level", "a" => "b");
        level.increment(1.5);
        level.decrement(0.25);
        level.set(-3.5);
        level.increment(1);
        histogram!("facade_sizes", "a" => "b").record_many(20, 3);
    });
    let own = [("a", "b")];
    assert_eq!(labelled.counter("facade_verbs_total", &own), 10);
    assert_eq!(labelled.gauge("facade_level", &own), -2.5);
    assert_eq!(labelled.histogram("facade_sizes", &own).sum, 60.0);
    let sizes = metrics.histogram("facade_sizes", &[]);
    assert_eq!((sizes.count, sizes.sum), (4, 60.5));
}

#[test]
fn nothing_is_lost_whatever_threads_come_and_go() {
    const THREADS: u64 = 8;
    const CALLS: u64 = 5_000;
    let component = Component::register("facade/threads");
    let work = move |thread: u64| {
        component.scope(|| {
            for n in 0..CALLS {
                counter!("facade_threads_total", "n" => (n % 50).to_string()).increment(1);
                counter!("facade_threads_total").increment(1);
                gauge!("facade_threads_level").increment(1);
                histogram!("facade_threads_seconds").record((thread + n) as f64);
            }
        });
    };
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| thread::spawn(move || with_local_recorder(&Recorder::new(), || work(thread))))
        .collect();
    for thread in threads {
        thread.join().expect("it ends");
    }
    let metrics = obs_runtime::test::read(component);
    assert_eq!(
        metrics.counter("facade_threads_total", &[]),
        2 * THREADS * CALLS
    );
    for n in 0..50 {
        let own = [("n", &*n.to_string())];
        assert_eq!(
            metrics.counter("facade_threads_total", &own),
            THREADS * CALLS / 50
        );
    }
    assert_eq!(
        metrics.gauge("facade_threads_level", &[]),
        (THREADS * CALLS) as f64
    );
    let observed = metrics.histogram("facade_threads_seconds", &[]);
    let sum: u64 = (0..THREADS)
        .flat_map(|thread| (0..CALLS).map(move |n| thread + n))
        .sum();
    assert_eq!(
        (observed.count, observed.sum),
        (THREADS * CALLS, sum as f64)
    );
}

#[test]
fn a_handle_counts_where_its_thread_is() {
    let (one, other) = (
        Component::register("facade/one"),
        Component::register("facade/other"),
    );
    with_local_recorder(&Recorder::new(), || {
        let held = counter!("facade_held_total", "kind" => "held");
        one.scope(|| held.increment(1));
        other.scope(|| held.increment(2));
        thread::spawn(move || one.scope(|| held.increment(4)))
            .join()
            .expect("it ends");
    });
    let count = |component| obs_runtime::test::read(component).counter("facade_held_total", &[]);
    assert_eq!((count(one), count(other)), (5, 2));
}

#[test]
fn label_sets_of_one_name_are_series_of_one_family() {
    let _turn = turn();
    let recorder = Recorder::new();
    Component::register("facade/labels").scope(|| {
        with_local_recorder(&recorder, || {
            counter!("facade.mixed.total").increment(1);
            counter!("facade.mixed.total", "b" => "2", "a" => "1").increment(2);
            counter!("facade.mixed.total", "a" => "1", "b" => "2").increment(3);
            counter!("facade.mixed.total", "c.d" => "x", "component" => "own").increment(4);
        });
    });
    let runtime = Runtime::builder().no_server().start().expect("it starts");
    let snapshot = runtime.shutdown();
    let mut series: Vec<_> = snapshot
        .series_of("facade_mixed_total")
        .map(|series| {
            let labels: Vec<_> = series.labels().collect();
            (labels, series.value().as_f64())
        })
        .collect();
    series.sort_by(|one, other| one.1.total_cmp(&other.1));
    assert_eq!(
        series,
        [
            (vec![], 1.0),
            (vec![("c_d", "x"), ("exported_component", "own")], 4.0),
            (vec![("a", "1"), ("b", "2")], 5.0),
        ]
    );
}

#[test]
fn labels_beyond_the_limit_share_a_series_in_the_component_that_floods() {
    let (flooded, other) = (
        Component::register("facade/flood"),
        Component::register("facade/dry"),
    );
    let recorder = Recorder::new().max_series(10);
    let count = |from: u64, to: u64| {
        with_local_recorder(&recorder, || {
            for n in from..to {
                counter!("facade_flood_total", "n" => n.to_string()).increment(1);
            }
        });
    };
    for _ in 0..2 {
        flooded.scope(|| count(0, 1_000));
    }
    other.scope(|| count(995, 1_000));
    let metrics = obs_runtime::test::read(flooded);
    assert_eq!(metrics.counter("facade_flood_total", &[]), 2_000);
    assert_eq!(metrics.counter("facade_flood_total", &[("n", "9")]), 2);
    assert_eq!(metrics.counter("facade_flood_total", &[("n", "10")]), 0);
    assert_eq!(
        metrics.counter("facade_flood_total", &[("n", "_overflow")]),
        1_980
    );
    let metrics = obs_runtime::test::read(other);
    assert_eq!(metrics.counter("facade_flood_total", &[("n", "999")]), 1);
    assert_eq!(
        metrics.counter("facade_flood_total", &[("n", "_overflow")]),
        0
    );
}

#[test]
fn a_metric_of_obs_and_one_of_the_facade_can_be_one() {
    let metrics = recorded("facade/shared", || {
        SHARED.inc_by(2);
        counter!("facade_shared_total").increment(3);
    });
    assert_eq!(metrics.counter("facade_shared_total", &[]), 5);
}

#[test]
fn buckets_go_by_the_name() {
    let component = Component::register("facade/buckets");
    let recorder = Recorder::new()
        .bounds(Matcher::Suffix("_bytes".to_owned()), &[100.0, 1_000.0])
        .default_bounds(&[1.0]);
    with_local_recorder(&recorder, || {
        component.scope(|| {
            histogram!("facade_buckets_bytes").record(100);
            histogram!("facade_buckets_other").record(2);
        });
    });
    let metrics = obs_runtime::test::read(component);
    let bytes = metrics.histogram("facade_buckets_bytes", &[]);
    assert_eq!(
        (bytes.bounds, bytes.buckets),
        (vec![100.0, 1_000.0], vec![1, 0, 0])
    );
    let other = metrics.histogram("facade_buckets_other", &[]);
    assert_eq!((other.bounds, other.buckets), (vec![1.0], vec![0, 1]));
}

#[test]
fn descriptions_count_before_and_after_the_first_use() {
    let _turn = turn();
    let recorder = Recorder::new();
    let runtime = Runtime::builder().no_server().start().expect("it starts");
    let said = |name: &str| {
        let snapshot = runtime.snapshot();
        let family = snapshot.families().find(|family| family.name() == name);
        let family = family.expect("the metric is known");
        (family.help().to_owned(), family.unit().to_owned())
    };
    with_local_recorder(&recorder, || {
        describe_counter!("facade_before", Unit::Bytes, "Said before.");
        counter!("facade_before").increment(1);
        assert_eq!(
            said("facade_before"),
            ("Said before.".to_owned(), "bytes".to_owned())
        );

        gauge!("facade_after").set(1);
        histogram!("facade.never").record(1);
        assert_eq!(said("facade_after"), (String::new(), String::new()));
        describe_gauge!("facade_after", "Said after.");
        assert_eq!(said("facade_after").0, "Said after.");
        describe_gauge!("facade_after", Unit::Count, "Said again.");
        assert_eq!(
            said("facade_after"),
            ("Said again.".to_owned(), String::new())
        );
        assert_eq!(said("facade_never").0, "");
        describe_histogram!("facade.never", Unit::Milliseconds, "Said by another name.");
        assert_eq!(said("facade_never").1, "milliseconds");
    });
}

#[test]
fn a_unit_and_a_missing_total_change_no_name() {
    let _turn = turn();
    with_local_recorder(&Recorder::new(), || {
        describe_counter!("facade_plain", Unit::Bytes, "Bytes.");
        counter!("facade_plain").increment(7);
    });
    with_local_recorder(&Recorder::new().total_suffix(true), || {
        counter!("facade_suffixed").increment(8);
        counter!("facade_suffixed_total").increment(1);
    });
    let runtime = Runtime::builder().no_server().start().expect("it starts");
    let path = std::env::temp_dir().join(format!("obs-bridge-{}.prom", std::process::id()));
    runtime.write(&path).expect("it can be written");
    let text = std::fs::read_to_string(&path).expect("it was written");
    std::fs::remove_file(&path).expect("it is there");
    assert!(
        text.contains("# TYPE facade_plain counter\nfacade_plain 7\n"),
        "{text}"
    );
    assert!(text.contains("\nfacade_suffixed_total 9\n"), "{text}");
}

#[test]
fn a_name_of_another_kind_is_refused_and_counted() {
    let _turn = turn();
    let before = refused("kind");
    let metrics = recorded("facade/kinds", || {
        counter!("facade_kinds").increment(1);
        gauge!("facade_kinds").set(5);
        histogram!("facade_kinds").record_many(5, 3);
        counter!("facade_kinds").increment(1);
    });
    assert_eq!(metrics.counter("facade_kinds", &[]), 2);
    assert_eq!(refused("kind") - before, 4);
}

/// How many records have been refused for a reason so far.
fn refused(reason: &str) -> u64 {
    let runtime = Runtime::builder().no_server().start().expect("it starts");
    let name = "obs_bridge_refused_records_total";
    let total = runtime.shutdown().total(name, &[("reason", reason)]);
    total.unwrap_or(0)
}

#[test]
fn a_metric_of_obs_keeps_its_name_and_its_labels() {
    let _turn = turn();
    let before = (refused("kind"), refused("name"));
    let metrics = recorded("facade/taken", || {
        LEVEL.set(3);
        counter!("facade_taken").increment(1);
        SHARED.inc();
        counter!("facade_shared_total", "a" => "b").increment(1);
    });
    assert_eq!(metrics.gauge("facade_taken", &[]), 3.0);
    assert_eq!(metrics.counter("facade_shared_total", &[]), 1);
    // A runtime starts all the same.
    let after = (refused("kind"), refused("name"));
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, 1));
}

#[test]
fn series_that_would_be_mistaken_for_those_of_another_metric_are_refused() {
    let _turn = turn();
    let before = refused("name");
    let metrics = recorded("facade/parts", || {
        histogram!("facade_parts").record(1);
        counter!("facade_parts_count").increment(7);
        gauge!("facade_parts_sum").set(7);
        gauge!("facade_whole_count").set(7);
        histogram!("facade_whole").record_many(1, 3);
    });
    assert_eq!(metrics.histogram("facade_parts", &[]).count, 1);
    assert_eq!(metrics.gauge("facade_whole_count", &[]), 7.0);
    assert_eq!(refused("name") - before, 5);
}

#[test]
fn without_a_recorder_of_obs_nothing_is_recorded() {
    let component = Component::register("facade/none");
    with_local_recorder(&Recorder::new(), || {
        counter!("facade_none_total").increment(1)
    });
    component.scope(|| {
        with_local_recorder(&metrics::NoopRecorder, || {
            counter!("facade_none_total").increment(1)
        });
        with_local_recorder(&Recorder::new(), || {
            with_local_recorder(&metrics::NoopRecorder, || {
                counter!("facade_none_total").increment(1);
            });
            counter!("facade_none_total").increment(1);
        });
    });
    assert_eq!(
        obs_runtime::test::read(component).counter("facade_none_total", &[]),
        1
    );
}

#[test]
fn a_thread_that_is_ending_still_records() {
    struct AtTheEnd(Component);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            with_local_recorder(&Recorder::new(), || {
                self.0
                    .scope(|| counter!("facade_end_total", "a" => "b").increment(1));
            });
        }
    }
    thread_local! {
        static LAST: std::cell::RefCell<Option<AtTheEnd>> = const { std::cell::RefCell::new(None) };
    }
    let component = Component::register("facade/end");
    for _ in 0..3 {
        let work = move || {
            // Made before the bridge's cache, so dropped after it.
            LAST.with(|last| *last.borrow_mut() = Some(AtTheEnd(component)));
            with_local_recorder(&Recorder::new(), || {
                component.scope(|| counter!("facade_end_total", "a" => "b").increment(1));
            });
        };
        thread::spawn(work).join().expect("it ends");
    }
    assert_eq!(
        obs_runtime::test::read(component).counter("facade_end_total", &[]),
        6
    );
}

#[test]
fn the_recorder_of_the_process_is_installed_once() {
    Recorder::new()
        .install()
        .expect("no other test installs one");
    assert!(Recorder::new().install().is_err());
    let component = Component::register("facade/installed");
    let work = move || component.scope(|| counter!("facade_installed_total").increment(1));
    thread::spawn(work).join().expect("it ends");
    assert_eq!(
        obs_runtime::test::read(component).counter("facade_installed_total", &[]),
        1
    );
}
