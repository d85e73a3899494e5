//! Series that there is no room for, looked up by threads that know so.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use obs::collector::Collector;
use obs::{Component, Counter, Dynamic, Gauge, Histogram, Number, counter, gauge, histogram};

use crate::seen::{metric, seen, series, values};

const OVERFLOW: &str = "_overflow";

static KEYS: Dynamic<Counter, 2> = counter!(
    "overflow_keys_total",
    "A counter with few series.",
    dynamic(key, kind),
    max_series = 3
);

static LARGER: Dynamic<Counter, 2> = counter!(
    "overflow_keys_total",
    "A counter with few series.",
    dynamic(key, kind),
    max_series = 5
);

static FOLDED: Dynamic<Counter, 2> = counter!(
    "overflow_folded_total",
    "The counter of one test, which looks at all components.",
    dynamic(key, kind),
    max_series = 3
);

static COUNTED: Dynamic<Counter, 2> = counter!(
    "overflow_counted_total",
    "The counter of another such test.",
    dynamic(key, kind),
    max_series = 3
);

static LEVEL: Dynamic<Gauge, 1> = gauge!(
    "overflow_level",
    "A gauge with few series.",
    dynamic(key),
    max_series = 1
);

static SIZE: Dynamic<Histogram<(), Number>, 1> = histogram!(
    "overflow_size",
    "A histogram with few series.",
    dynamic(key),
    max_series = 1,
    bounds = [1, 10]
);

static OF_PROCESS: Dynamic<Counter, 1> = counter!(
    "overflow_process_total",
    "A counter of the process with few series.",
    dynamic(key),
    scope = process,
    max_series = 1
);

/// Sees often enough that there is no room to know it.
fn flood(times: usize) {
    flood_of(KEYS, times);
}

fn flood_of(metric: Dynamic<Counter, 2>, times: usize) {
    for n in 0..times {
        metric.with([&format!("flood {n}"), "a"]).inc();
    }
}

fn count(component: Component, key: &str, kind: &str) -> f64 {
    let series = seen("overflow_keys_total", component);
    let mut own = series.into_iter();
    let own = own.find(|(labels, ..)| *labels == values(&[key, kind]));
    own.map_or(0.0, |(.., count)| count)
}

#[test]
fn a_thread_that_knows_there_is_no_room_finds_every_series_that_there_is() {
    let component = Component::register("overflow/finds");
    component.scope(|| {
        for key in ["one", "two", "three"] {
            KEYS.with([key, "a"]).inc();
        }
    });
    let other = thread::spawn(move || {
        component.scope(|| {
            flood(10);
            for _ in 0..5 {
                KEYS.with(["two", "a"]).inc();
                KEYS.with(["two", "b"]).inc();
                KEYS.with(["tw", "oa"]).inc();
            }
        });
    });
    other.join().expect("it counts");
    assert_eq!(count(component, "two", "a"), 6.0);
    assert_eq!(count(component, "one", "a"), 1.0);
    assert_eq!(count(component, OVERFLOW, OVERFLOW), 20.0);
    assert_eq!(seen("overflow_keys_total", component).len(), 4);
}

#[test]
fn threads_that_flood_at_once_lose_nothing_and_agree() {
    let component = Component::register("overflow/threads");
    let threads: Vec<_> = (0..8)
        .map(|t| {
            thread::spawn(move || {
                component.scope(|| {
                    for n in 0..5_000 {
                        KEYS.with([&format!("{}", (n + t) % 7), "a"]).inc();
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("it counts");
    }
    let found = seen("overflow_keys_total", component);
    assert_eq!(found.len(), 4);
    let total: f64 = found.iter().map(|(.., count)| count).sum();
    assert_eq!(total, 40_000.0);
    // 5,000 are 714 times all seven, and two more: each thread counts each key 714 times or once more.
    let of_series = found.iter().filter(|(labels, ..)| labels[0] != OVERFLOW);
    for (labels, _, count) in of_series {
        assert!((5_712.0..=5_720.0).contains(count), "{labels:?}: {count}");
    }
}

#[test]
fn a_definition_with_a_larger_limit_makes_room_for_all() {
    let component = Component::register("overflow/larger");
    let (says, heard) = mpsc::channel::<()>();
    let (knows, known) = mpsc::channel();
    let other = thread::spawn(move || {
        component.scope(|| {
            flood(13);
            knows.send(()).expect("somebody waits");
            heard.recv().expect("it is said");
            KEYS.with(["new", "a"]).inc();
            KEYS.with(["newer", "a"]).inc();
        });
    });
    known.recv().expect("it floods");
    component.scope(|| LARGER.with(["new", "a"]).inc());
    says.send(()).expect("somebody listens");
    other.join().expect("it counts");
    assert_eq!(count(component, "new", "a"), 2.0);
    assert_eq!(count(component, OVERFLOW, OVERFLOW), 11.0);
    component.scope(|| {
        LARGER.with(["newer", "a"]).inc();
        LARGER.with(["newest", "a"]).inc();
        KEYS.with(["newer", "a"]).inc();
    });
    assert_eq!(count(component, "newer", "a"), 2.0);
    assert_eq!(count(component, OVERFLOW, OVERFLOW), 12.0);
}

#[test]
fn a_component_that_begins_anew_has_room_again() {
    let component = Component::register("overflow/anew");
    component.scope(|| flood(20));
    assert_eq!(count(component, OVERFLOW, OVERFLOW), 17.0);
    component.retire();
    component.scope(|| KEYS.with(["late", "a"]).inc());
    assert_eq!(count(component, OVERFLOW, OVERFLOW), 18.0);
    let again = Component::register("overflow/anew");
    again.scope(|| {
        KEYS.with(["late", "a"]).inc();
        flood(4);
    });
    assert_eq!(count(again, "late", "a"), 1.0);
    assert_eq!(count(again, OVERFLOW, OVERFLOW), 2.0);
}

#[test]
fn what_comes_after_the_component_was_folded_is_part_of_the_total() {
    let Some(mut collector) = Collector::acquire() else {
        return; // Another test of this process has it; nextest gives each a process of its own.
    };
    let component = Component::register("overflow/folded");
    component.scope(|| flood_of(FOLDED, 20));
    component.retire();
    Component::register("overflow/elsewhere").scope(|| flood_of(FOLDED, 1));
    let folded = (0..10).any(|_| {
        // On the slow path, outside any component, the slabs go back.
        OF_PROCESS.with(["slow path"]).inc();
        FOLDED.with(["outside", "a"]).inc();
        collector.expire(Duration::ZERO, Instant::now());
        obs::collector::read(component).is_none()
    });
    assert!(folded, "the thread holds nothing of it any more");
    component.scope(|| flood_of(FOLDED, 6));
    let merge = collector.merge();
    let metric = metric("overflow_folded_total");
    let departed = metric.read(&merge.departed, 0);
    assert_eq!(departed, obs::collector::Reading::Counter(26));
}

#[test]
fn every_look_up_that_overflows_is_counted_through_the_end_of_its_thread() {
    let Some(mut collector) = Collector::acquire() else {
        return; // Another test of this process has it; nextest gives each a process of its own.
    };
    let component = Component::register("overflow/counted");
    let mut look_ups = |of: &str| *collector.merge().overflows.get(of).expect("it is known");
    let before = look_ups("overflow_counted_total");
    component.scope(|| flood_of(COUNTED, 103));
    assert_eq!(look_ups("overflow_counted_total") - before, 100);
    let other = thread::spawn(move || component.scope(|| flood_of(COUNTED, 203)));
    other.join().expect("it counts");
    assert_eq!(look_ups("overflow_counted_total") - before, 300);
    component.scope(|| flood_of(COUNTED, 53));
    assert_eq!(look_ups("overflow_counted_total") - before, 350);
}

#[test]
fn every_kind_counts_what_there_is_no_room_for() {
    let component = Component::register("overflow/kinds");
    component.scope(|| {
        for n in 0..4 {
            let key = format!("{n}");
            LEVEL.with([&key]).inc_by(5);
            LEVEL.with([&key]).dec();
            SIZE.with([&key]).observe(f64::from(n));
        }
    });
    let overflow = |name, value| (values(&[OVERFLOW]), 0, value, name);
    let last = |name| {
        let (labels, at, value) = seen(name, component).pop().expect("there are some");
        (labels, at, value, name)
    };
    assert_eq!(last("overflow_level"), overflow("overflow_level", 12.0));
    assert_eq!(last("overflow_size"), overflow("overflow_size", 3.0));
    component.scope(|| {
        LEVEL.with(["3"]).set(40);
        LEVEL.with(["3"]).inc();
        LEVEL.with(["2"]).inc();
    });
    assert_eq!(last("overflow_level"), overflow("overflow_level", 42.0));
}

#[test]
fn the_process_has_an_overflow_of_its_own() {
    let Some(mut collector) = Collector::acquire() else {
        return; // Another test of this process has it; nextest gives each a process of its own.
    };
    let component = Component::register("overflow/of the process");
    for n in 0..10 {
        OF_PROCESS.with([&format!("{n}")]).inc();
        component.scope(|| OF_PROCESS.with([&format!("{n}")]).inc());
    }
    let merge = collector.merge();
    let metric = metric("overflow_process_total");
    let overflow = metric.read(&merge.process, 0);
    assert_eq!(overflow, obs::collector::Reading::Counter(18));
}

#[test]
fn long_values_overflow_as_what_they_are_cut_to() {
    let component = Component::register("overflow/long");
    let long = |n: usize| format!("{}{n}", "x".repeat(128));
    component.scope(|| {
        for n in 0..10 {
            KEYS.with([&long(n), "a"]).inc();
            KEYS.with([&format!("{n}{}", long(n)), "a"]).inc();
        }
    });
    assert_eq!(count(component, &"x".repeat(128), "a"), 10.0);
    assert_eq!(count(component, OVERFLOW, OVERFLOW), 8.0);
    let life = obs::collector::read(component).expect("it lives");
    assert_eq!(series("overflow_keys_total", &life).len(), 4);
}
