//! Metrics that are defined while the program runs.

use obs::catalogue::{Definition, Reading, Scope};
use obs::{Component, defined};
use obs_tests::{count, read, value};

fn definition(name: &'static str) -> Definition {
    Definition {
        name,
        help: "Defined while the program runs.",
        file: file!(),
        line: line!(),
        module: module_path!(),
        ..Definition::BLANK
    }
}

#[test]
fn equal_definitions_share_one_metric() {
    let component = Component::register("defined/equal");
    let one = defined::counter(definition("defined_steps_total"));
    let other = defined::counter(definition("defined_steps_total"));
    component.scope(|| {
        one.inc_by(2);
        other.inc_by(3);
    });
    assert_eq!(count(component, "defined_steps_total"), 5);
}

#[test]
fn a_gauge_and_a_histogram_hold_what_they_are_given() {
    let component = Component::register("defined/kinds");
    let level = defined::gauge(definition("defined_level"));
    let size = defined::histogram(Definition {
        bounds: &[-1.0, 1.0],
        ..definition("defined_size")
    });
    component.scope(|| {
        level.set(0.5);
        for value in [-2.0, -1.0, 0.0, 5.0] {
            size.observe(value);
        }
    });
    let life = read(component);
    assert_eq!(value(&life, "defined_level", 0), Reading::Gauge(0.5));
    let buckets = [2, 1, 1];
    let sum = 2.0;
    assert_eq!(
        value(&life, "defined_size", 0),
        Reading::Histogram {
            buckets: &buckets,
            sum
        }
    );
}

#[test]
fn a_definition_may_be_of_the_process() {
    let metrics = || obs::catalogue::catalogue().metrics;
    let known = || {
        let mut metrics = metrics().into_iter();
        metrics.find(|metric| metric.definition.name == "defined_process_total")
    };
    let counter = defined::counter(Definition {
        scope: Scope::Process,
        literals: &[("kind", "x")],
        ..definition("defined_process_total")
    });
    assert!(
        known().is_none(),
        "it is registered when it is first recorded"
    );
    counter.inc();
    let metric = known().expect("it is registered");
    assert_eq!(metric.definition.scope, Scope::Process);
    assert_eq!(metric.labels(0).next(), Some(("kind", "x")));
}

#[test]
#[should_panic(expected = "increase strictly")]
fn bounds_are_checked() {
    let bounds = &[2.0, 1.0];
    let _ = defined::histogram(Definition {
        bounds,
        ..definition("defined_wrong")
    });
}

#[test]
#[should_panic(expected = "no unit of durations")]
fn a_histogram_of_durations_is_refused() {
    let _ = defined::histogram(Definition {
        bounds: &[1.0],
        unit: "seconds",
        ..definition("defined_wrong_seconds")
    });
}

/// The first slab of a component is as long as its first record needs, rounded up, where that is little of what is in use. It
/// may end in the middle of a series.
#[test]
fn a_series_is_whole_wherever_a_slab_ends() {
    let name = |what: &str, n: u32| &*format!("defined_{what}_{n}").leak();
    let metrics: Vec<_> = (0..40)
        .map(|n| {
            // Nine cells a round and slabs that end every sixteen: each round lies elsewhere in its slab.
            for shift in [name("shift", n), name("second_shift", n)] {
                defined::counter(definition(shift)).inc();
            }
            let level = defined::gauge(definition(name("level", n)));
            let size = defined::histogram(Definition {
                bounds: &[1.0],
                ..definition(name("size", n))
            });
            level.inc();
            size.observe(0.5);
            (n, level, size)
        })
        .collect();
    let bounds: Vec<f64> = (0..1_000).map(f64::from).collect();
    for n in 0..30 {
        let filler = defined::histogram(Definition {
            bounds: bounds.clone().leak(),
            ..definition(name("filler", n))
        });
        filler.observe(0.0);
    }
    for (n, level, size) in metrics {
        let component = Component::register(&format!("defined/whole level {n}"));
        component.scope(|| level.inc());
        let read_level = value(&read(component), name("level", n), 0) == Reading::Gauge(1.0);
        assert!(read_level, "level {n}");

        let component = Component::register(&format!("defined/whole size {n}"));
        component.scope(|| size.observe(2.0));
        let expected = Reading::Histogram {
            buckets: &[0, 1],
            sum: 2.0,
        };
        assert_eq!(value(&read(component), name("size", n), 0), expected, "{n}");
    }
}
