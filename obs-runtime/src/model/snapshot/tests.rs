//! Which series a snapshot exports, and what it adds up.

use obs::Component;
use obs::catalogue::{Definition, Kind};
use obs::collector::MergedLife;

use super::*;
use crate::model::family::{Naming, Rename};
use crate::model::fixture::{Layout, at, definition, key, leak, life, outside};

fn shown(snapshot: &Snapshot) -> Vec<(String, Option<String>, f64)> {
    let series = snapshot.series();
    series
        .map(|series| {
            let component = series.component().map(str::to_owned);
            (
                series.family().name().to_owned(),
                component,
                series.value().as_f64(),
            )
        })
        .collect()
}

fn values(snapshot: &Snapshot, name: &str) -> Vec<f64> {
    snapshot
        .series_of(name)
        .map(|series| series.value().as_f64())
        .collect()
}

#[test]
fn series_appear_when_touched() {
    let layout = Layout::new([definition("jobs_total", Kind::Counter)]);
    let snapshot = layout.snapshot(vec![
        outside(vec![0]),
        life("touched", vec![3]),
        life("untouched", vec![0]),
        life("no cells yet", vec![]),
    ]);
    assert_eq!(
        shown(&snapshot),
        [("jobs_total".to_owned(), Some("touched".to_owned()), 3.0)]
    );
}

#[test]
fn what_is_recorded_outside_any_component_has_no_label() {
    let layout = Layout::new([definition("jobs_total", Kind::Counter)]);
    let snapshot = layout.snapshot(vec![outside(vec![5])]);
    assert_eq!(shown(&snapshot), [("jobs_total".to_owned(), None, 5.0)]);
}

#[test]
fn zero_metrics_start_with_each_component_and_process_metrics_at_once() {
    let zero = |name, kind| Definition {
        zero: true,
        ..definition(name, kind)
    };
    let layout = Layout::new([
        zero("a_total", Kind::Counter),
        Definition {
            bounds: &[1.0],
            ..zero("b_seconds", Kind::Histogram)
        },
        zero("c", Kind::Gauge),
        Definition {
            scope: Scope::Process,
            ..definition("d_total", Kind::Counter)
        },
    ]);
    let snapshot = layout.snapshot(vec![outside(vec![]), life("new", vec![])]);
    let new = || Some("new".to_owned());
    let expected = [
        ("a_total", new()),
        ("b_seconds", new()),
        ("c", new()),
        ("d_total", None),
    ];
    let expected = expected.map(|(name, component)| (name.to_owned(), component, 0.0));
    assert_eq!(shown(&snapshot), expected);
    let histogram = snapshot.series_of("b_seconds").next().unwrap();
    let Value::Histogram(histogram) = histogram.value() else {
        panic!("it is a histogram");
    };
    assert_eq!(histogram.buckets, [0, 0]);
}

#[test]
fn many_combinations_are_not_exported_before_they_are_touched() {
    let values = |count: usize| -> Vec<String> { (0..count).map(|n| n.to_string()).collect() };
    let zero = |name, count| Definition {
        zero: true,
        keys: vec![key("n", &values(count))].leak(),
        ..definition(name, Kind::Counter)
    };
    let layout = Layout::new([zero("few_total", 64), zero("many_total", 65)]);
    let mut cells = layout.cells();
    cells[layout.first_cell("many_total", 9)] = 2;
    let snapshot = layout.snapshot(vec![life("combinations", cells)]);
    assert_eq!(snapshot.series_of("few_total").count(), 64);
    let touched: Vec<_> = snapshot.series_of("many_total").collect();
    assert_eq!(touched.len(), 1);
    assert!(touched[0].has_labels(&[("n", "9")]));
    assert!(!touched[0].has_labels(&[("n", "8")]));
}

#[test]
fn what_the_system_does_not_tell_is_absent() {
    let process = |name| Definition {
        scope: Scope::Process,
        module: "obs_runtime::collect::process",
        ..definition(name, Kind::Gauge)
    };
    let layout = Layout::new([process("process_open_fds"), process("obs_series")]);
    let snapshot = layout.snapshot(vec![]);
    assert_eq!(shown(&snapshot), [("obs_series".to_owned(), None, 0.0)]);
}

#[test]
fn a_live_life_hides_the_retired_one_of_its_name() {
    let layout = Layout::new([definition("jobs_total", Kind::Counter)]);
    let retired = |count| MergedLife {
        retired: true,
        ..life("hidden", vec![count])
    };
    for lives in [
        vec![retired(1), life("hidden", vec![2])],
        vec![life("hidden", vec![2]), retired(1)],
        vec![retired(1), life("hidden", vec![2]), retired(3)],
    ] {
        assert_eq!(values(&layout.snapshot(lives), "jobs_total"), [2.0]);
    }
}

#[test]
fn a_retired_life_lingers_until_it_goes() {
    let layout = Layout::new([definition("jobs_total", Kind::Counter)]);
    let retired = MergedLife {
        retired: true,
        ..life("lingers", vec![4])
    };
    let snapshot = layout.snapshot(vec![retired]);
    assert_eq!(values(&snapshot, "jobs_total"), [4.0]);
    assert_eq!(
        (snapshot.components(false), snapshot.components(true)),
        (0, 1)
    );
}

#[test]
fn of_two_retired_lives_the_later_one_is_exported_wherever_it_stands() {
    let layout = Layout::new([definition("jobs_total", Kind::Counter)]);
    let families = layout.families(&Naming::default());
    let snapshot = |seconds, lives, previous: Option<&Snapshot>| {
        let merge = Merge {
            lives,
            ..Merge::default()
        };
        Snapshot::new(at(seconds), families.clone(), merge, previous)
    };
    let early = Component::register("early life");
    let late = Component::register("late life");
    let of = |component, retired, count| MergedLife {
        component,
        name: Some("twice".into()),
        retired,
        cells: vec![count],
        dynamic: Vec::new(),
    };
    let first = snapshot(1, vec![of(late, false, 2), of(early, true, 1)], None);
    assert_eq!(values(&first, "jobs_total"), [2.0]);
    let second = snapshot(2, vec![of(late, true, 2), of(early, true, 1)], Some(&first));
    assert_eq!(values(&second, "jobs_total"), [2.0]);
    let third = snapshot(
        3,
        vec![of(late, true, 2), of(early, true, 1)],
        Some(&second),
    );
    assert_eq!(values(&third, "jobs_total"), [2.0]);
}

#[test]
fn totals_keep_what_departed_and_hidden_lives_counted() {
    let outcomes = vec![key("outcome", &["ok".to_owned(), "err".to_owned()])].leak();
    let layout = Layout::new([
        Definition {
            keys: outcomes,
            ..definition("jobs_total", Kind::Counter)
        },
        definition("level", Kind::Gauge),
        Definition {
            scope: Scope::Process,
            ..definition("starts_total", Kind::Counter)
        },
        Definition {
            unit: "seconds",
            ..definition("busy_seconds_total", Kind::Counter)
        },
    ]);
    let at = |name, series| layout.first_cell(name, series);
    let cells = |ok, err, busy| {
        let mut cells = layout.cells();
        cells[at("jobs_total", 0)] = ok;
        cells[at("jobs_total", 1)] = err;
        cells[at("busy_seconds_total", 0)] = busy;
        cells
    };
    let mut process = layout.process_cells();
    process[at("starts_total", 0)] = 6;
    let snapshot = layout.snapshot_of(Merge {
        lives: vec![
            outside(cells(1, 0, 0)),
            life("totals", cells(10, 2, 1_500_000_000)),
            MergedLife {
                retired: true,
                ..life("totals", cells(100, 0, 0))
            },
        ],
        process,
        departed: cells(1_000, 20, 0),
        ..Merge::default()
    });
    assert_eq!(
        snapshot.total("jobs_total", &[("outcome", "ok")]),
        Some(1_111)
    );
    assert_eq!(snapshot.total("jobs_total", &[]), Some(1_133));
    assert_eq!(snapshot.total("jobs_total", &[("outcome", "none")]), None);
    assert_eq!(
        snapshot.total("busy_seconds_total", &[]),
        Some(1_500_000_000)
    );
    assert_eq!(values(&snapshot, "busy_seconds_total"), [1.5]);
    assert_eq!(snapshot.total("starts_total", &[]), Some(6));
    assert_eq!(snapshot.total("level", &[]), None);
    assert_eq!(snapshot.total("unknown_total", &[]), None);
}

#[test]
fn metrics_of_one_name_form_one_family_and_renamed_ones_do_not() {
    let of = |module, kind: &'static str| Definition {
        literals: vec![("kind", kind)].leak(),
        module,
        ..definition("jobs_total", Kind::Counter)
    };
    let layout = Layout::new([
        of("shop", "a"),
        of("shop::parser", "b"),
        of("shopping", "c"),
    ]);
    let naming = Naming {
        constant: vec![("zone", "north"), ("kind", "mine")]
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
        renames: vec![Rename {
            module: "shop".to_owned(),
            name: "jobs_total".to_owned(),
            new_name: "shop_jobs_total".to_owned(),
        }],
    };
    let merge = Merge {
        lives: vec![life("families", vec![1, 2, 3])],
        ..Merge::default()
    };
    let snapshot = Snapshot::new(at(0), layout.families(&naming), merge, None);
    assert_eq!(values(&snapshot, "jobs_total"), [3.0]);
    assert_eq!(values(&snapshot, "shop_jobs_total"), [1.0, 2.0]);
    assert!(values(&snapshot, "nothing_total").is_empty());
    let series = snapshot.series_of("jobs_total").next().unwrap();
    assert_eq!(
        series.label_text(),
        r#"zone="north",kind="c""#,
        "its own label wins"
    );
    assert_eq!(series.labels().collect::<Vec<_>>(), [("kind", "c")]);
}

#[test]
fn a_metric_that_contradicts_its_family_is_left_out() {
    let other_bounds = Definition {
        bounds: &[2.0],
        literals: &[("kind", "x")],
        ..definition("size", Kind::Histogram)
    };
    let mut bounds = other_bounds;
    (bounds.bounds, bounds.literals) = (&[1.0], &[]);
    let layout = Layout::new([bounds, other_bounds]);
    let families = layout.families(&Naming::default());
    assert_eq!(families.0.len(), 1);
    assert_eq!(families.0[0].members.len(), 1);
    assert_eq!(families.0[0].help(), leak("Help."));
}
