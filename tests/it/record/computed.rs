//! Series with dynamic labels that are set in a merge, because they are computed.

use obs::collector::{DynamicSeries, MergedLife};
use obs::{Component, Counter, Dynamic, Gauge, Integer, LabelValue, Number, counter, gauge};

use crate::seen::{metric, series, values};

#[derive(Debug, Clone, Copy, LabelValue)]
enum Side {
    Left,
    Right,
}

static FILL: Dynamic<Gauge<Side>, 2> = gauge!(
    "computed_fill_ratio",
    "A gauge of these tests.",
    labels(side: Side),
    dynamic(tank, liquid),
    max_series = 3
);

static LEVEL: Dynamic<Gauge<(), Integer>, 1> = gauge!(
    "computed_level",
    "A gauge of whole numbers of these tests.",
    dynamic(tank),
    integer
);

static OPENED: Dynamic<Counter, 1> = counter!(
    "computed_opened_total",
    "A counter of these tests.",
    dynamic(tank)
);

static OTHER: Dynamic<Gauge<(), Number>, 1> = gauge!(
    "computed_other",
    "A gauge that stays as it is.",
    dynamic(tank)
);

fn set(name: &str, life: &mut MergedLife, series: usize, own: &[(Vec<&str>, f64)]) {
    DynamicSeries::set(&metric(name), &mut life.dynamic, series, own);
}

fn recorded(component: Component) -> MergedLife {
    obs::collector::read(component).expect("it lives")
}

#[test]
fn what_is_set_is_among_what_was_recorded() {
    let component = Component::register("computed/among");
    component.scope(|| {
        FILL.with(["a", "oil"]).with(Side::Left).set(0.25);
        FILL.with(["b", "oil"]).with(Side::Right).set(0.5);
        OTHER.with(["a"]).set(7);
        OPENED.with(["a"]).inc();
    });
    let mut life = recorded(component);
    let computed = [
        (vec!["a", "oil"], 0.75),
        (vec!["c", "water"], 1.0),
        (vec!["c", "oil"], 2.0),
        (vec!["c", ""], 3.0),
    ];
    set("computed_fill_ratio", &mut life, 0, &computed);
    set(
        "computed_fill_ratio",
        &mut life,
        1,
        &[(vec!["a", "oil"], 4.0)],
    );
    let expected = [
        (["a", "oil"], 0, 0.75),
        (["a", "oil"], 1, 4.0),
        (["b", "oil"], 1, 0.5),
        (["c", "water"], 0, 1.0),
        (["c", "oil"], 0, 2.0),
        (["c", ""], 0, 3.0),
    ];
    let expected = expected.map(|(labels, at, value)| (values(&labels), at, value));
    assert_eq!(series("computed_fill_ratio", &life), expected);
    assert_eq!(series("computed_other", &life), [(values(&["a"]), 0, 7.0)]);
    assert_eq!(
        series("computed_opened_total", &life),
        [(values(&["a"]), 0, 1.0)]
    );
    assert_eq!(
        series("computed_fill_ratio", &recorded(component)).len(),
        2,
        "the cells of the component are as they were"
    );
}

#[test]
fn as_many_as_are_computed_are_there_each_with_its_values() {
    let component = Component::register("computed/many");
    component.scope(|| LEVEL.with(["tank 0"]).set(-1));
    let mut life = recorded(component);
    let tanks: Vec<String> = (0..300).map(|tank| format!("tank {tank}")).collect();
    let tanks = tanks.iter().enumerate();
    let levels: Vec<_> = tanks
        .map(|(level, tank)| (vec![tank.as_str()], level as f64))
        .collect();
    set("computed_level", &mut life, 0, &levels);
    set("computed_level", &mut life, 0, &levels[64..65]);
    let expected = levels.iter().map(|(tank, level)| (values(tank), 0, *level));
    assert_eq!(
        series("computed_level", &life),
        expected.collect::<Vec<_>>()
    );
}

#[test]
fn long_values_are_cut_as_those_that_are_looked_up() {
    let component = Component::register("computed/long");
    let mut life = recorded(component);
    let long = format!("{}é tail", "x".repeat(127));
    set("computed_level", &mut life, 0, &[(vec![&long], 5.0)]);
    assert_eq!(
        series("computed_level", &life),
        [(values(&[&"x".repeat(127)]), 0, 5.0)]
    );
}

#[test]
fn only_gauges_are_set() {
    let component = Component::register("computed/counter");
    let mut life = recorded(component);
    set("computed_opened_total", &mut life, 0, &[(vec!["a"], 5.0)]);
    assert_eq!(series("computed_opened_total", &life), []);
}

#[test]
#[should_panic = "a value per label"]
fn a_label_without_a_value_is_refused() {
    let mut life = recorded(Component::register("computed/short"));
    set("computed_level", &mut life, 0, &[(vec![], 5.0)]);
}
