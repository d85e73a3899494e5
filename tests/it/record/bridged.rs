//! Verbs for what others count: numbers added to a level, counts raised, values observed several times.

use std::thread;

use obs::catalogue::Reading;
use obs::{Component, Counter, Gauge, Histogram, Number, counter, gauge, histogram};
use obs_tests::{count, read, value};

static LEVEL: Gauge = gauge!("bridged_level", "Added to by the tests.");
static STEPS: Counter = counter!("bridged_steps_total", "Raised by the tests.");
static SIZES: Histogram<(), Number> =
    histogram!("bridged_sizes", "Observed by the tests.", bounds = [1, 10]);

fn level(component: Component) -> Reading<'static> {
    match value(&read(component), "bridged_level", 0) {
        Reading::Gauge(value) => Reading::Gauge(value),
        _ => Reading::Untouched,
    }
}

#[test]
fn numbers_add_up_on_a_level_over_threads_and_after_a_set() {
    let component = Component::register("bridged/add");
    let add = move || {
        component.scope(|| {
            for _ in 0..10_000 {
                LEVEL.add(0.5);
                LEVEL.add(-0.25);
            }
        });
    };
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(add)).collect();
    for thread in threads {
        thread.join().expect("it ends");
    }
    assert_eq!(level(component), Reading::Gauge(10_000.0));
    component.scope(|| {
        LEVEL.set(2);
        LEVEL.add(0.5);
        LEVEL.inc();
    });
    assert_eq!(level(component), Reading::Gauge(3.5));
}

#[test]
fn a_level_that_comes_back_to_zero_has_been_touched() {
    let component = Component::register("bridged/zero");
    assert_eq!(level(component), Reading::Untouched);
    component.scope(|| {
        LEVEL.add(1.5);
        LEVEL.add(-1.5);
    });
    assert_eq!(level(component), Reading::Gauge(0.0));
}

#[test]
fn a_count_is_raised_to_what_is_said_and_never_beyond() {
    let component = Component::register("bridged/raise");
    component.scope(|| {
        STEPS.raise_to(5);
        STEPS.raise_to(3);
        assert_eq!(count(component, "bridged_steps_total"), 5);
        STEPS.inc_by(2);
        STEPS.raise_to(6);
    });
    assert_eq!(count(component, "bridged_steps_total"), 7);
    // Threads that all tell the same count, and one whose own increments are part of it.
    let tell = move |count: u64| component.scope(|| STEPS.raise_to(count));
    let threads: Vec<_> = (0..8)
        .map(|thread| thread::spawn(move || (0..1_000).for_each(|n| tell(n + thread))))
        .collect();
    for thread in threads {
        thread.join().expect("it ends");
    }
    assert_eq!(count(component, "bridged_steps_total"), 1_006);
    // Outside the component it is another series.
    STEPS.raise_to(1);
    assert_eq!(count(component, "bridged_steps_total"), 1_006);
}

#[test]
fn a_value_can_be_observed_several_times() {
    let component = Component::register("bridged/many");
    component.scope(|| {
        SIZES.observe_many(2.5, 4);
        SIZES.observe_many(f64::INFINITY, 0);
        SIZES.observe_many(f64::NAN, 3);
        SIZES.observe(0.5);
    });
    let buckets = [1, 4, 0];
    let expected = Reading::Histogram {
        buckets: &buckets,
        sum: 10.5,
    };
    assert_eq!(value(&read(component), "bridged_sizes", 0), expected);
}
