//! Gauges, set and counted.

use std::thread;

use obs::catalogue::Reading;
use obs::{Component, Gauge, InFlight, gauge};
use obs_tests::{read, value};

static LEVEL: Gauge = gauge!("gauge_level", "Set by the tests.");
static DEPTH: Gauge = gauge!("gauge_depth", "Counted up and down by the tests.");
static MIXED: Gauge = gauge!("gauge_mixed", "Counted first and set then.");

fn gauge(component: Component, metric: &str) -> Option<f64> {
    match value(&read(component), metric, 0) {
        Reading::Gauge(value) => Some(value),
        Reading::Untouched => None,
        other => panic!("{metric} is no gauge: {other:?}"),
    }
}

#[test]
fn the_last_set_wins_whichever_thread_it_came_from() {
    let component = Component::register("set");
    component.scope(|| LEVEL.set(1.5));
    thread::spawn(move || component.scope(|| LEVEL.set(-2)))
        .join()
        .expect("it ends");
    assert_eq!(gauge(component, "gauge_level"), Some(-2.0));
    component.scope(|| LEVEL.set(0));
    assert_eq!(gauge(component, "gauge_level"), Some(0.0));
    component.scope(|| LEVEL.set(f64::INFINITY));
    assert_eq!(gauge(component, "gauge_level"), Some(f64::INFINITY));
}

#[test]
fn a_gauge_that_nobody_touched_has_no_series() {
    let component = Component::register("unset");
    component.scope(|| DEPTH.inc());
    assert_eq!(gauge(component, "gauge_level"), None);
}

#[test]
fn ups_and_downs_of_several_threads_cancel() {
    let component = Component::register("up and down");
    let threads: Vec<_> = (0..8)
        .map(|n| {
            thread::spawn(move || {
                component.scope(|| {
                    (0..1_000).for_each(|_| if n % 2 == 0 { DEPTH.inc() } else { DEPTH.dec() })
                });
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("it ends"));
    assert_eq!(
        gauge(component, "gauge_depth"),
        Some(0.0),
        "touched, and back at nothing"
    );
    component.scope(|| DEPTH.dec_by(3));
    assert_eq!(gauge(component, "gauge_depth"), Some(-3.0));
}

#[test]
fn what_is_in_flight_ends_where_it_began() {
    let (begins, ends) = (Component::register("begins"), Component::register("ends"));
    let guard: InFlight = begins.scope(|| DEPTH.in_flight());
    assert_eq!(gauge(begins, "gauge_depth"), Some(1.0));
    thread::spawn(move || ends.scope(|| drop(guard)))
        .join()
        .expect("it ends");
    assert_eq!(gauge(begins, "gauge_depth"), Some(0.0));
    assert_eq!(gauge(ends, "gauge_depth"), None);
}

#[test]
fn what_is_in_flight_ends_with_a_panic() {
    let component = Component::register("in flight and panics");
    let caught = std::panic::catch_unwind(|| {
        component.scope(|| {
            let _guard = DEPTH.in_flight();
            panic!("on purpose");
        });
    });
    assert!(caught.is_err());
    assert_eq!(gauge(component, "gauge_depth"), Some(0.0));
}

#[test]
fn a_set_overrides_what_was_counted_and_later_counts_change_it() {
    let (component, other) = (
        Component::register("mixed"),
        Component::register("mixed too"),
    );
    let guard = component.scope(|| {
        MIXED.inc_by(4);
        MIXED.in_flight()
    });
    other.scope(|| MIXED.inc());
    component.scope(|| MIXED.set(10));
    assert_eq!(gauge(component, "gauge_mixed"), Some(10.0));
    component.scope(|| MIXED.dec_by(3));
    assert_eq!(gauge(component, "gauge_mixed"), Some(7.0));
    drop(guard);
    assert_eq!(gauge(component, "gauge_mixed"), Some(6.0));
    component.scope(|| MIXED.set(1));
    assert_eq!(gauge(component, "gauge_mixed"), Some(1.0));
    other.scope(|| MIXED.inc());
    let threads: Vec<_> = (0..4)
        .map(|_| thread::spawn(move || component.scope(|| (0..500).for_each(|_| MIXED.inc()))))
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("it ends"));
    assert_eq!(gauge(component, "gauge_mixed"), Some(2_001.0));
}

#[test]
fn a_set_of_one_series_leaves_the_others_as_they_are() {
    static LEVELS: Gauge<bool> = gauge!("gauge_levels", "Levels.", labels(well: bool));
    let (component, other) = (
        Component::register("series"),
        Component::register("series too"),
    );
    let read = |component, series| {
        value(&obs_tests::read(component), "gauge_levels", series) == Reading::Gauge(4.0)
    };
    let guard = component.scope(|| {
        LEVELS.with(true).inc_by(3);
        LEVELS.with(true).in_flight()
    });
    other.scope(|| LEVELS.with(true).inc_by(4));
    component.scope(|| LEVELS.with(false).set(1));
    assert!(
        read(component, 1) && read(other, 1),
        "what was counted stays"
    );
    drop(guard);
    component.scope(|| LEVELS.with(true).inc());
    assert!(read(component, 1), "and goes on from there");
}

#[test]
fn a_gauge_in_a_retired_component_is_still_set() {
    let component = Component::register("set after retirement");
    component.scope(|| {
        LEVEL.set(1);
        component.retire();
        LEVEL.set(2);
    });
    assert_eq!(gauge(component, "gauge_level"), Some(2.0));
}
