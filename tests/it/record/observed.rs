//! Functions that tell values, in components: watched, ended, retired, and whatever else they may do.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use obs::catalogue::Reading;
use obs::{Component, Counter, ObservedCounter, ObservedGauge, Watch, counter, gauge};
use obs_tests::{count, read, value};

static DEPTH: ObservedGauge = gauge!("observed_depth", "Depth.", observed);
static SIDES: ObservedGauge<bool> =
    gauge!("observed_sides", "Depth by side.", labels(left: bool), observed);
static SENT: ObservedCounter = counter!("observed_sent_total", "Sent.", observed);
static BUSY: ObservedCounter = counter!("observed_busy_seconds_total", "Busy.", observed);
static NEARBY: Counter = counter!("observed_nearby_total", "Recorded by a function.");

fn level(component: Component, metric: &str, series: usize) -> Option<f64> {
    match value(&read(component), metric, series) {
        Reading::Gauge(level) => Some(level),
        Reading::Untouched => None,
        other => panic!("{metric} is no gauge: {other:?}"),
    }
}

/// A number that a function tells, and the watch.
fn watched(component: Component) -> (Arc<AtomicU64>, Watch) {
    let number = Arc::new(AtomicU64::new(1));
    let told = number.clone();
    let watch = component.scope(|| DEPTH.watch(move || told.load(SeqCst)));
    (number, watch)
}

#[test]
fn a_gauge_shows_what_it_is_told_until_the_watch_ends() {
    let component = Component::register("observed gauge");
    assert_eq!(level(component, "observed_depth", 0), None);
    let (number, watch) = watched(component);
    assert_eq!(level(component, "observed_depth", 0), Some(1.0));
    number.store(7, SeqCst);
    assert_eq!(level(component, "observed_depth", 0), Some(7.0));
    number.store(0, SeqCst);
    assert_eq!(level(component, "observed_depth", 0), Some(0.0));
    drop(watch);
    assert_eq!(level(component, "observed_depth", 0), None);
    assert_eq!(Arc::strong_count(&number), 1, "the function is dropped");
}

#[test]
fn watches_of_one_series_add_up_and_components_have_their_own() {
    let (one, other) = ("observed one", "observed other");
    let (one, other) = (Component::register(one), Component::register(other));
    let (number, watch) = watched(one);
    let (_, _second) = watched(one);
    let (_, _third) = watched(other);
    number.store(40, SeqCst);
    assert_eq!(level(one, "observed_depth", 0), Some(41.0));
    assert_eq!(level(other, "observed_depth", 0), Some(1.0));
    drop(watch);
    assert_eq!(level(one, "observed_depth", 0), Some(1.0));
}

#[test]
fn series_are_watched_one_by_one() {
    let component = Component::register("observed sides");
    let _left = component.scope(|| SIDES.with(true).watch(|| -2.5));
    assert_eq!(level(component, "observed_sides", 1), Some(-2.5));
    assert_eq!(level(component, "observed_sides", 0), None);
    let recorded = obs_runtime::test::read(component);
    assert_eq!(recorded.series().count(), 1);
}

#[test]
fn a_counter_goes_up_by_what_it_is_told_and_never_down() {
    let component = Component::register("observed counter");
    let number = Arc::new(AtomicU64::new(10));
    let watch = || {
        let told = number.clone();
        component.scope(|| SENT.watch(move || told.load(SeqCst)))
    };
    let first = watch();
    let sent = || count(component, "observed_sent_total");
    assert_eq!((sent(), sent()), (10, 10));
    number.store(15, SeqCst);
    assert_eq!(sent(), 15);
    // It has begun anew, and counted 3 since.
    number.store(3, SeqCst);
    assert_eq!(sent(), 18);
    drop(first);
    assert_eq!(sent(), 18);
    let _second = watch();
    assert_eq!(sent(), 21);
}

#[test]
fn a_counter_of_seconds_is_told_durations() {
    let component = Component::register("observed seconds");
    let _watch = component.scope(|| BUSY.watch(|| Duration::from_millis(1_500)));
    let told = value(&read(component), "observed_busy_seconds_total", 0)
        == Reading::CounterNanoseconds(1_500_000_000);
    assert!(told);
}

#[test]
fn a_panic_costs_the_series_and_nothing_else() {
    let component = Component::register("observed panic");
    let fails = Arc::new(AtomicBool::new(true));
    let told = fails.clone();
    let _failing = component.scope(|| {
        DEPTH.watch(move || {
            assert!(!told.load(SeqCst), "a panic that this test wants");
            5
        })
    });
    let _side = component.scope(|| SIDES.with(true).watch(|| 3));
    component.scope(|| NEARBY.inc());
    assert_eq!(level(component, "observed_depth", 0), None);
    assert_eq!(level(component, "observed_sides", 1), Some(3.0));
    assert_eq!(count(component, "observed_nearby_total"), 1);
    fails.store(false, SeqCst);
    assert_eq!(level(component, "observed_depth", 0), Some(5.0));
    fails.store(true, SeqCst);
    assert_eq!(level(component, "observed_depth", 0), None, "no old level");
}

#[test]
fn a_retired_component_keeps_its_last_level_and_drops_its_functions() {
    let component = Component::register("observed retired");
    let (number, watch) = watched(component);
    watch.detach();
    number.store(9, SeqCst);
    assert_eq!(level(component, "observed_depth", 0), Some(9.0));
    component.retire();
    number.store(10, SeqCst);
    assert_eq!(level(component, "observed_depth", 0), Some(9.0));
    assert_eq!(Arc::strong_count(&number), 1, "the function is dropped");
}

#[test]
#[cfg_attr(
    tarpaulin,
    ignore = "other tests of the process, if there are any, do what it counts"
)]
fn a_function_runs_in_its_component_and_may_record_and_watch() {
    let component = Component::register("observed nested");
    let inner: Arc<Mutex<Vec<Watch>>> = Arc::default();
    let watches = inner.clone();
    let _outer = component.scope(|| {
        DEPTH.watch(move || {
            assert_eq!(Component::current(), Some(component));
            NEARBY.inc();
            let mut watches = watches.lock().expect("nobody panics");
            watches.clear();
            watches.push(SIDES.with(false).watch(|| 4));
            // Looking from here sees what the last look saw.
            let _ = obs::collector::read(component);
            2
        })
    });
    assert_eq!(level(component, "observed_depth", 0), Some(2.0));
    assert_eq!(level(component, "observed_sides", 0), Some(4.0));
    assert_eq!(count(component, "observed_nearby_total"), 3);
    inner.lock().expect("nobody panics").clear();
}

#[test]
fn a_function_may_end_its_own_watch() {
    let component = Component::register("observed suicide");
    let own: Arc<Mutex<Option<Watch>>> = Arc::default();
    let held = own.clone();
    let watch = component.scope(|| {
        DEPTH.watch(move || {
            drop(held.lock().expect("nobody panics").take());
            1
        })
    });
    *own.lock().expect("nobody panics") = Some(watch);
    assert_eq!(level(component, "observed_depth", 0), Some(1.0));
    assert_eq!(level(component, "observed_depth", 0), None);
}

#[test]
#[cfg_attr(
    tarpaulin,
    ignore = "other tests of the process, if there are any, do what it counts"
)]
fn who_looks_while_another_looks_sees_the_last_level_and_waits_for_nobody() {
    let component = Component::register("observed slow");
    let (begun, begins) = std::sync::mpsc::channel();
    let (end, ends) = std::sync::mpsc::channel();
    let mut calls = 0;
    let _watch = component.scope(|| {
        DEPTH.watch(move || {
            calls += 1;
            if calls == 2 {
                begun.send(()).expect("the test waits");
                ends.recv().expect("the test goes on");
            }
            calls
        })
    });
    assert_eq!(level(component, "observed_depth", 0), Some(1.0));
    let slow = thread::spawn(move || level(component, "observed_depth", 0));
    begins.recv().expect("the other thread looks");
    assert_eq!(level(component, "observed_depth", 0), Some(1.0));
    end.send(()).expect("the function waits");
    assert_eq!(slow.join().expect("it ends"), Some(2.0));
}
