//! Metrics that are switched off and on again while threads record.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use obs::catalogue::{switch_off, switch_on};
use obs::collector::{Collector, Reading};
use obs::{
    Component, Counter, Dynamic, ExponentialHistogram, Gauge, Histogram, Info, LabelValue,
    ObservedGauge, StateSet, counter, gauge, histogram, instrumented,
};
use obs_tests::{read, turn, value};

use crate::late::late_counter;
use crate::seen::{metric, seen, values};

static STEPS: Counter = counter!("switched_steps_total", "Steps.");
static BESIDE: Counter = counter!("switched_beside_total", "Never switched.");
static LEVEL: Gauge = gauge!("switched_level", "Set.");
static DEPTH: Gauge = gauge!("switched_depth", "Counted.");
static WAIT: Histogram = histogram!("switched_wait_seconds", "Waits.");
static SIZE: ExponentialHistogram =
    histogram!("switched_size_seconds", "Exponential.", exponential);
static PATHS: Dynamic<Counter, 1> = counter!("switched_paths_total", "Paths.", dynamic(path));
static LEVELS: Dynamic<Gauge, 1> = gauge!("switched_levels", "Levels.", dynamic(path));
static WAITS: Dynamic<Histogram, 1> = histogram!("switched_waits_seconds", "Waits.", dynamic(path));
static ABOUT: Info<1> = gauge!("switched_info", "What it is.", info(version));
static STATE: StateSet<Side> = gauge!("switched_state", "Where it is.", states = Side);

#[derive(Clone, Copy, LabelValue)]
enum Side {
    Left,
    Right,
}

fn count(component: Component, name: &str) -> u64 {
    match value(&read(component), name, 0) {
        Reading::Counter(count) => count,
        Reading::Histogram { buckets, .. } => buckets.iter().sum(),
        Reading::Exponential { buckets, .. } => buckets.iter().sum(),
        Reading::Untouched => 0,
        other => panic!("{name} counts nothing: {other:?}"),
    }
}

fn level(component: Component, name: &str) -> Option<f64> {
    match value(&read(component), name, 0) {
        Reading::Gauge(level) => Some(level),
        _ => None,
    }
}

#[test]
fn what_is_off_is_not_counted_and_goes_on_from_where_it_was() {
    let _turn = turn();
    let component = Component::register("switched");
    let _inside = component.enter();
    STEPS.inc_by(3);
    assert_eq!(switch_off("switched_steps_total"), 1);
    assert!(metric("switched_steps_total").off);
    STEPS.inc();
    // Nor by a thread that has recorded nothing yet, in a component it has not been in.
    thread::spawn(move || component.scope(|| STEPS.inc()))
        .join()
        .expect("it ends");
    BESIDE.inc();
    assert_eq!(count(component, "switched_steps_total"), 3);
    assert_eq!(count(component, "switched_beside_total"), 1);
    assert_eq!(switch_on("switched_steps_total"), 1);
    STEPS.inc_by(2);
    assert_eq!(count(component, "switched_steps_total"), 5);
}

#[test]
fn what_is_off_leases_nothing() {
    let _turn = turn();
    let component = Component::register("switched leases nothing");
    switch_off("switched_*");
    component.scope(|| {
        STEPS.inc();
        LEVEL.set(1);
        DEPTH.inc();
        WAIT.observe(Duration::from_millis(1));
        SIZE.observe(Duration::from_millis(1));
        PATHS.with(["/"]).inc();
        ABOUT.set(["1"]);
        STATE.set(Side::Right);
    });
    let life = read(component);
    assert!(life.cells.is_empty() && life.dynamic.is_empty());
    switch_on("switched_*");
    component.scope(|| STEPS.inc());
    assert_eq!(count(component, "switched_steps_total"), 1);
}

#[test]
fn gauges_are_off_too_set_or_counted() {
    let _turn = turn();
    let component = Component::register("switched gauges");
    let _inside = component.enter();
    LEVEL.set(1.5);
    DEPTH.inc();
    switch_off("switched_level");
    switch_off("switched_depth");
    LEVEL.set(7);
    LEVEL.inc();
    DEPTH.inc_by(5);
    assert_eq!(level(component, "switched_level"), Some(1.5));
    assert_eq!(level(component, "switched_depth"), Some(1.0));
    switch_on("switched_*");
    LEVEL.inc();
    DEPTH.dec();
    assert_eq!(level(component, "switched_level"), Some(2.5));
    assert_eq!(level(component, "switched_depth"), Some(0.0));
    LEVEL.set(4);
    assert_eq!(level(component, "switched_level"), Some(4.0));
}

#[test]
fn a_gauge_that_was_off_when_it_was_first_set_is_counted_like_one_never_set() {
    let _turn = turn();
    let component = Component::register("switched first set");
    let _inside = component.enter();
    switch_off("switched_depth");
    DEPTH.set(9);
    switch_on("switched_depth");
    DEPTH.inc();
    assert_eq!(level(component, "switched_depth"), Some(1.0));
}

#[test]
fn what_is_in_flight_across_a_switch_comes_out_even() {
    let _turn = turn();
    let component = Component::register("switched in flight");
    let _inside = component.enter();
    let before = DEPTH.in_flight();
    switch_off("switched_depth");
    let meanwhile = DEPTH.in_flight();
    drop(before);
    switch_on("switched_depth");
    assert_eq!(level(component, "switched_depth"), Some(0.0));
    drop(meanwhile);
    assert_eq!(level(component, "switched_depth"), Some(0.0));

    let bound = LEVELS.with(["/"]);
    let before = bound.in_flight();
    switch_off("switched_levels");
    let meanwhile = bound.in_flight();
    drop(before);
    switch_on("switched_levels");
    drop(meanwhile);
    let expected = vec![(values(&["/"]), 0, 0.0)];
    assert_eq!(seen("switched_levels", component), expected);
}

#[test]
fn timers_of_what_is_off_do_not_run() {
    let _turn = turn();
    let component = Component::register("switched timers");
    let _inside = component.enter();
    let bound = WAITS.with(["/"]);
    switch_off("switched_*");
    assert_eq!(WAIT.start_timer().stop(), None);
    assert_eq!(WAIT.start_timer_one_in(2).stop(), None);
    assert_eq!(SIZE.start_timer().stop(), None);
    assert_eq!(bound.start_timer().stop(), None);
    let begun_while_off = WAIT.start_timer();
    switch_on("switched_*");
    drop(begun_while_off);
    assert_eq!(count(component, "switched_wait_seconds"), 0);
    assert!(WAIT.start_timer().stop().is_some());
    assert!(bound.start_timer().stop().is_some());
    assert_eq!(count(component, "switched_wait_seconds"), 1);
    let begun = WAIT.start_timer();
    switch_off("switched_wait_seconds");
    drop(begun);
    assert_eq!(count(component, "switched_wait_seconds"), 1);
    switch_on("switched_wait_seconds");
}

#[test]
fn handles_with_dynamic_labels_are_off_and_on_with_their_metric() {
    let _turn = turn();
    let component = Component::register("switched handles");
    let _inside = component.enter();
    let (counter, gauge, histogram) = (PATHS.with(["/"]), LEVELS.with(["/"]), WAITS.with(["/"]));
    let record = move || {
        counter.inc();
        gauge.set(3);
        histogram.observe(Duration::from_millis(1));
    };
    record();
    switch_off("switched_*");
    record();
    gauge.inc();
    thread::spawn(record).join().expect("it ends");
    PATHS.with(["/"]).inc();
    PATHS.with(["/other"]).inc();
    let all = |counts: f64, level: f64| {
        let series = |value| vec![(values(&["/"]), 0, value)];
        assert_eq!(seen("switched_paths_total", component), series(counts));
        assert_eq!(seen("switched_levels", component), series(level));
        assert_eq!(seen("switched_waits_seconds", component), series(counts));
    };
    all(1.0, 3.0);
    switch_on("switched_*");
    all(1.0, 3.0);
    gauge.inc();
    counter.inc();
    histogram.observe(Duration::from_millis(1));
    all(2.0, 4.0);
}

#[test]
fn a_handle_looked_up_while_off_counts_later_where_nothing_is_lost() {
    let _turn = turn();
    let component = Component::register("switched look-up");
    let _inside = component.enter();
    switch_off("switched_paths_total");
    let (new, other) = (PATHS.with(["/new"]), PATHS.with(["/new"]));
    new.inc();
    switch_on("switched_paths_total");
    other.inc();
    PATHS.with(["/new"]).inc();
    let expected = vec![
        (values(&["/new"]), 0, 1.0),
        (values(&["_overflow"]), 0, 1.0),
    ];
    assert_eq!(seen("switched_paths_total", component), expected);
}

#[test]
fn infos_and_states_keep_what_they_were_set_to_before() {
    let _turn = turn();
    let component = Component::register("switched infos");
    let _inside = component.enter();
    ABOUT.set(["1"]);
    STATE.set(Side::Left);
    switch_off("switched_*");
    ABOUT.set(["2"]);
    STATE.set(Side::Right);
    switch_on("switched_*");
    assert_eq!(seen("switched_info", component), [(values(&["1"]), 0, 1.0)]);
    assert_eq!(level(component, "switched_state"), Some(1.0));
}

#[test]
fn functions_of_what_is_off_are_not_called() {
    let _turn = turn();
    static CALLS: AtomicU64 = AtomicU64::new(0);
    static TOLD: ObservedGauge = gauge!("switched_told", "What it tells.", observed);
    let component = Component::register("switched functions");
    let _inside = component.enter();
    let _watch = TOLD.watch(|| {
        CALLS.fetch_add(1, SeqCst);
        7
    });
    assert_eq!(level(component, "switched_told"), Some(7.0));
    assert_eq!(CALLS.load(SeqCst), 1);
    switch_off("switched_told");
    read(component);
    assert_eq!(CALLS.load(SeqCst), 1);
    switch_on("switched_told");
    assert_eq!(level(component, "switched_told"), Some(7.0));
    assert_eq!(CALLS.load(SeqCst), 2);
}

#[instrumented(name = "switched_runs", in_flight)]
fn called(during: impl FnOnce()) {
    during();
}

#[test]
fn an_instrumented_function_reads_no_clock_while_its_duration_is_off() {
    let _turn = turn();
    let component = Component::register("switched calls");
    let _inside = component.enter();
    switch_off("switched_runs_*");
    // Were the clock read at its start, the call would be observed at its end.
    called(|| {
        switch_on("switched_runs_*");
    });
    assert_eq!(count(component, "switched_runs_calls_total"), 1);
    assert_eq!(count(component, "switched_runs_duration_seconds"), 0);
    called(|| ());
    assert_eq!(count(component, "switched_runs_duration_seconds"), 1);
    assert_eq!(level(component, "switched_runs_in_flight"), Some(0.0));
}

#[test]
fn what_is_registered_later_obeys_too() {
    let _turn = turn();
    let component = Component::register("switched late");
    let _inside = component.enter();
    assert_eq!(switch_off("switched_late_*"), 0);
    let late = late_counter("switched_late_total");
    late.inc();
    assert_eq!(count(component, "switched_late_total"), 0);
    assert_eq!(switch_on("switched_late_total"), 1);
    late.inc();
    assert_eq!(count(component, "switched_late_total"), 1);
}

#[test]
fn what_was_counted_before_is_part_of_totals() {
    let _turn = turn();
    let component = Component::register("switched totals");
    let steps = thread::spawn(move || component.scope(|| STEPS.inc_by(40)));
    steps.join().expect("it ends");
    switch_off("switched_steps_total");
    component.retire();
    let mut collector = Collector::acquire().expect("it is the only one");
    collector.expire(Duration::ZERO, Instant::now());
    let merge = collector.merge();
    let steps = metric("switched_steps_total");
    assert_eq!(steps.read(&merge.departed, 0), Reading::Counter(40));
    drop(collector);
    assert!(
        !metric("switched_steps_total").off,
        "it goes with the collector"
    );
}
