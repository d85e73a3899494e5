//! Gauges, set and counted.

use std::thread;

use obs::catalogue::Reading;
use obs::{Component, Gauge, InFlight, Integer, LabelValue, gauge};
use obs_tests::{read, value};

static LEVEL: Gauge = gauge!("gauge_level", "Set by the tests.");
static DEPTH: Gauge = gauge!("gauge_depth", "Counted up and down by the tests.");
static MIXED: Gauge = gauge!("gauge_mixed", "Counted first and set then.");

static WHOLE: Gauge<(), Integer> = gauge!("gauge_whole", "Set to whole numbers.", integer);
static WHOLE_MIXED: Gauge<(), Integer> =
    gauge!("gauge_whole_mixed", "Counted first and set then.", integer);

#[derive(Clone, Copy, LabelValue)]
enum Side {
    Left,
    Right,
}

static SIDES: Gauge<Side, Integer> =
    gauge!("gauge_sides", "One side and the other.", labels(side: Side), integer);

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

#[test]
fn whole_numbers_are_set_whole() {
    let component = Component::register("whole");
    let shown = |value: i64| {
        component.scope(|| WHOLE.set(value));
        gauge(component, "gauge_whole")
    };
    assert_eq!(gauge(component, "gauge_whole"), None, "before it is set");
    for value in [0, 1, -1, 1 << 52, -(1 << 52), i64::MAX, i64::MIN + 1] {
        assert_eq!(shown(value), Some(value as f64));
    }
    component.scope(|| WHOLE.set(u64::MAX));
    assert_eq!(
        gauge(component, "gauge_whole"),
        Some(i64::MAX as f64),
        "beyond the range, its end"
    );
    component.scope(|| WHOLE.set(true));
    assert_eq!(gauge(component, "gauge_whole"), Some(1.0));
}

#[test]
fn whole_numbers_are_counted_on_from_what_was_set() {
    let component = Component::register("whole and counted");
    component.scope(|| {
        WHOLE_MIXED.inc_by(7);
        WHOLE_MIXED.dec();
    });
    assert_eq!(gauge(component, "gauge_whole_mixed"), Some(6.0));
    component.scope(|| {
        WHOLE_MIXED.set(1_i64 << 60);
        WHOLE_MIXED.inc();
        WHOLE_MIXED.dec_by((1 << 60) - 5);
    });
    assert_eq!(
        gauge(component, "gauge_whole_mixed"),
        Some(6.0),
        "exact where a float would have lost the 1"
    );
    let guard = component.scope(|| WHOLE_MIXED.in_flight());
    assert_eq!(gauge(component, "gauge_whole_mixed"), Some(7.0));
    drop(guard);
    assert_eq!(gauge(component, "gauge_whole_mixed"), Some(6.0));
}

#[test]
fn a_series_beyond_the_first_may_be_the_first_to_be_set() {
    let component = Component::register("sides");
    component.scope(|| SIDES.with(Side::Right).set(-4));
    let cells = read(component);
    assert_eq!(value(&cells, "gauge_sides", 1), Reading::Gauge(-4.0));
    assert_eq!(value(&cells, "gauge_sides", 0), Reading::Untouched);
    assert_eq!(gauge(component, "gauge_level"), None, "no other gauge's");
    component.scope(|| SIDES.with(Side::Left).set(9));
    assert_eq!(
        value(&read(component), "gauge_sides", 0),
        Reading::Gauge(9.0)
    );
}

#[test]
fn a_set_gauge_shows_nothing_but_what_it_was_set_to_and_counted_since() {
    static ROUNDS: Gauge<Round, Integer> =
        gauge!("gauge_rounds", "Set while others count.", labels(round: Round), integer);
    let component = Component::register("set while others count");
    for round in 0..Round::VALUES.len() {
        let series = ROUNDS.with(Round(round));
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let count = move || (0..500).for_each(|_| drop(series.in_flight()));
                thread::spawn(move || component.scope(count))
            })
            .collect();
        component.scope(|| series.set(0));
        for worker in workers {
            worker.join().expect("it ends");
        }
        component.scope(|| series.set(3));
        assert_eq!(
            value(&read(component), "gauge_rounds", round),
            Reading::Gauge(3.0)
        );
    }
}

/// One of some series of one gauge.
#[derive(Clone, Copy)]
struct Round(usize);

impl LabelValue for Round {
    const VALUES: &'static [&'static str] = &["1", "2", "3", "4", "5", "6", "7", "8"];

    fn index(self) -> usize {
        self.0
    }
}

#[test]
fn whole_numbers_wrap_so_that_ups_and_downs_cancel() {
    let component = Component::register("whole and wrapping");
    component.scope(|| {
        WHOLE_MIXED.set(i64::MAX);
        let guard = WHOLE_MIXED.in_flight();
        WHOLE_MIXED.set(0);
        WHOLE_MIXED.dec_by(u64::MAX);
        WHOLE_MIXED.inc_by(u64::MAX);
        drop(guard);
    });
    assert_eq!(gauge(component, "gauge_whole_mixed"), Some(-1.0));
    component.scope(|| {
        WHOLE_MIXED.set(i64::MAX);
        drop(WHOLE_MIXED.in_flight());
        WHOLE_MIXED.dec_by(i64::MAX as u64);
    });
    assert_eq!(gauge(component, "gauge_whole_mixed"), Some(0.0));
}

#[test]
fn the_least_integer_is_as_if_never_set() {
    static LEAST: Gauge<(), Integer> = gauge!("gauge_least", "Set to the least.", integer);
    let component = Component::register("least");
    component.scope(|| LEAST.set(5));
    component.scope(|| LEAST.set(i64::MIN));
    assert_eq!(gauge(component, "gauge_least"), None);
    component.scope(|| LEAST.set(6));
    assert_eq!(gauge(component, "gauge_least"), Some(6.0));
}

#[test]
fn a_callsite_that_comes_late_counts_on_from_what_another_has_set() {
    let component = Component::register("late at a set gauge");
    let late = || gauge!("gauge_met_late", "Set by one, counted by another.");
    component.scope(|| gauge!("gauge_met_late", "Set by one, counted by another.").set(4));
    component.scope(|| late().inc());
    assert_eq!(gauge(component, "gauge_met_late"), Some(5.0));
}
