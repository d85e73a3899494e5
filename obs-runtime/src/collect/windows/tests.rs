//! Quantiles against exact ones, and windows that slide.

use proptest::prelude::*;

use super::*;
use crate::model::fixture::{Layout, definition, life, outside};
use crate::model::{Snapshot, Summary, Value};
use obs::catalogue::{Kind, Scope};
use obs::collector::{Merge, MergedLife};

const SHOWN: &[f64] = &[0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0];

/// A summary of numbers at a schema, from 2^-20 to 2^20.
fn summary(schema: u8) -> Definition {
    Definition {
        exponential: Some(Exponential::new(schema, -20, 20)),
        quantiles: SHOWN,
        ..definition("size", Kind::Summary)
    }
}

/// Counts values in the cells of their buckets, found without any cleverness.
fn observe(cells: &mut [u64], scale: &Exponential, values: impl IntoIterator<Item = f64>) {
    let buckets = 0..scale.buckets() as usize;
    let mut bounds: Vec<f64> = buckets.map(|bucket| scale.lower_bound(bucket)).collect();
    bounds.push(scale.highest());
    for value in values {
        cells[bounds.partition_point(|bound| value > *bound)] += 1;
    }
}

fn shown<'a>(snapshot: &'a Snapshot, component: Option<&str>) -> Summary<'a> {
    let mut series = snapshot.series();
    let series = series.find(|series| series.component() == component);
    match series.expect("it is exported").value() {
        Value::Summary(summary) => summary,
        other => panic!("no summary: {other:?}"),
    }
}

/// Uniform numbers above 0 and up to 1, from a seed.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + f64::EPSILON
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// One value of a distribution.
type Draw = fn(&mut Random) -> f64;

const DISTRIBUTIONS: [(&str, Draw); 5] = [
    ("uniform", |random| 3.0 * random.uniform()),
    ("exponential", |random| -20.0 * random.uniform().ln()),
    ("lognormal", |random| (1.5 * random.normal() - 4.0).exp()),
    ("bimodal", |random| match random.uniform() {
        half if half < 0.5 => 0.001 * (1.0 + 0.1 * random.uniform()),
        _ => 10.0 * (1.0 + 0.1 * random.uniform()),
    }),
    ("pareto", |random| 0.001 * random.uniform().powf(-1.0 / 1.1)),
];

/// By nearest rank, as the runtime's own are defined.
fn exact(sorted: &[f64], quantile: f64) -> f64 {
    sorted[rank(quantile, sorted.len() as u64) as usize - 1]
}

#[test]
fn quantiles_of_five_distributions_are_within_the_error() {
    for (name, draw) in DISTRIBUTIONS {
        for (schema, count) in [(1, 1_000), (3, 10_000), (4, 1), (4, 999), (4, 30_000)] {
            let definition = summary(schema);
            let scale = definition.exponential.unwrap();
            let mut random = Random(u64::from(schema) * 1_000 + count);
            let mut values: Vec<f64> = (0..count).map(|_| draw(&mut random)).collect();
            values.sort_by(f64::total_cmp);
            assert!(values[0] > scale.lowest() && *values.last().unwrap() < scale.highest());
            let mut cells = vec![0; scale.buckets() as usize + 2];
            observe(&mut cells, &scale, values.iter().copied());
            let counts: Vec<_> = (0..).zip(cells).filter(|(_, count)| *count > 0).collect();
            for &(quantile, value) in &quantiles(&definition, &scale, &counts) {
                let exact = exact(&values, quantile);
                let error = (value - exact).abs() / exact;
                assert!(
                    error <= scale.relative_error() * (1.0 + 1e-9),
                    "{name}, {count} at schema {schema}: {quantile} is {exact}, shown as {value}"
                );
            }
        }
    }
}

#[test]
fn an_error_smaller_than_the_promise_is_exceeded() {
    let definition = summary(4);
    let scale = definition.exponential.unwrap();
    let value = scale.upper_bound(100);
    let counts = [(101, 1)];
    let (_, shown) = quantiles(&definition, &scale, &counts)[0];
    assert!((shown - value).abs() / value > 0.99 * scale.relative_error());
}

#[test]
fn ranks_are_the_nearest() {
    for (quantile, total, expected) in [
        (0.0, 10, 1),
        (0.05, 10, 1),
        (0.1, 10, 1),
        (0.11, 10, 2),
        (0.07, 100, 7),
        (0.29, 100, 29),
        (0.5, 3, 2),
        (0.99, 100, 99),
        (1.0, 10, 10),
        (1.0, 1 << 40, 1 << 40),
    ] {
        assert_eq!(rank(quantile, total), expected, "{quantile} of {total}");
    }
}

#[test]
fn beyond_the_range_a_quantile_is_its_end() {
    let definition = summary(4);
    let scale = definition.exponential.unwrap();
    let over = scale.buckets() + 1;
    let found = quantiles(&definition, &scale, &[(0, 1), (over, 1)]);
    assert_eq!(found[0].1, scale.lowest());
    assert_eq!(found.last().unwrap().1, scale.highest());
}

/// The windows of one summary, with what it has counted so far.
struct Journey {
    layout: Layout,
    windows: Windows,
    cells: Vec<u64>,
    begun: Instant,
}

impl Journey {
    fn new() -> Journey {
        let layout = Layout::new([summary(4)]);
        let cells = layout.cells();
        Journey {
            layout,
            windows: Windows::default(),
            cells,
            begun: Instant::now(),
        }
    }

    fn observe(&mut self, values: impl IntoIterator<Item = f64>) {
        let scale = summary(4).exponential.unwrap();
        observe(&mut self.cells, &scale, values);
    }

    fn switch(&mut self, off: bool) {
        self.layout.metrics[0].off = off;
        self.windows.keep_off(&self.layout.metrics);
    }

    fn lives(&self) -> Vec<MergedLife> {
        vec![life("windowed", self.cells.clone())]
    }

    fn merge(&mut self, seconds: u64, lives: Vec<MergedLife>) -> Snapshot {
        let mut snapshot = self.layout.snapshot(lives);
        let now = self.begun + Duration::from_secs(seconds);
        self.windows.fill(&mut snapshot, now);
        snapshot
    }

    /// The least and the greatest of what the window holds.
    fn ends(&mut self, seconds: u64) -> (f64, f64) {
        let lives = self.lives();
        let snapshot = self.merge(seconds, lives);
        let quantiles = shown(&snapshot, Some("windowed")).quantiles;
        (quantiles[0].1, quantiles.last().unwrap().1)
    }

    fn kept(&self) -> usize {
        let windows = self.windows.windows.values();
        windows.map(|window| window.past.len()).sum()
    }
}

fn is_about(value: f64, expected: f64) -> bool {
    (value / expected - 1.0).abs() < 0.022
}

#[test]
fn a_window_forgets_what_is_older() {
    let mut journey = Journey::new();
    journey.observe([1.0]);
    assert!(is_about(journey.ends(0).0, 1.0));
    for second in 1..60 {
        journey.observe([100.0]);
        let (least, greatest) = journey.ends(second);
        assert!(
            is_about(least, 1.0) && is_about(greatest, 100.0),
            "{second}"
        );
    }
    // A window and a step after it was seen at the latest.
    let (least, _) = journey.ends(70);
    assert!(is_about(least, 100.0), "{least}");
    let (least, greatest) = journey.ends(200);
    assert!(least.is_nan() && greatest.is_nan());
    let lives = journey.lives();
    let snapshot = journey.merge(201, lives);
    assert_eq!(shown(&snapshot, Some("windowed")).count, 60);
}

#[test]
fn a_window_holds_all_that_is_younger_however_rarely_one_looks() {
    for pause in [1, 7, 10, 33, 59, 60, 61, 500] {
        let mut journey = Journey::new();
        for look in 1..40 {
            let value = f64::from(look);
            journey.observe([value]);
            let (_, greatest) = journey.ends(look as u64 * pause);
            assert!(is_about(greatest, value), "{pause}: {greatest} for {value}");
        }
        assert!(journey.kept() <= 8, "{}", journey.kept());
    }
}

#[test]
fn what_is_older_than_a_window_is_forgotten_though_nobody_looked_in_between() {
    let mut journey = Journey::new();
    for (look, value) in [(0, 1.0), (500, 2.0), (1_000, 3.0), (1_500, 4.0)] {
        journey.observe([value]);
        let (least, greatest) = journey.ends(look);
        assert!(
            is_about(least, value) && is_about(greatest, value),
            "{look}: {least}"
        );
    }
}

#[test]
fn memory_is_bounded_whatever_happens() {
    let mut journey = Journey::new();
    for second in 0..1_000 {
        journey.observe([f64::from(second % 50) + 1.0]);
        journey.ends(second as u64);
        assert!(journey.kept() <= 8);
    }
    for second in 1_000..1_200 {
        journey.ends(second);
    }
    let window = journey.windows.windows.values().next().unwrap();
    let (_, first) = &window.past[0];
    let shared = |(_, counts): &(Instant, Counts)| Arc::ptr_eq(first, counts);
    assert!(
        window.past.iter().all(shared),
        "what did not change is kept once"
    );
}

#[test]
fn windows_of_the_gone_are_dropped() {
    let mut journey = Journey::new();
    journey.observe([1.0]);
    journey.ends(0);
    assert_eq!(journey.windows.windows.len(), 1);
    let others = vec![outside(journey.layout.cells())];
    journey.merge(1, others);
    assert_eq!(journey.windows.windows.len(), 0);
}

#[test]
fn what_is_older_than_a_switch_is_not_new_after_it() {
    let mut journey = Journey::new();
    journey.observe([1.0]);
    journey.ends(0);
    journey.ends(1);
    let without = || vec![life("windowed", Vec::new())];
    journey.switch(true);
    journey.merge(2, without());
    journey.switch(false);
    journey.observe([100.0]);
    let (least, greatest) = journey.ends(100);
    assert!(
        is_about(least, 100.0) && is_about(greatest, 100.0),
        "{least}"
    );

    journey.switch(true);
    let others = vec![outside(journey.layout.cells())];
    journey.merge(101, others);
    assert_eq!(
        journey.windows.windows.len(),
        0,
        "nor is it kept for the gone"
    );
}

#[test]
fn lives_and_the_process_have_windows_of_their_own() {
    let process = Definition {
        scope: Scope::Process,
        ..summary(4)
    };
    for definition in [summary(4), process] {
        let layout = Layout::new([definition]);
        let scale = definition.exponential.unwrap();
        let mut cells = [layout.cells(), layout.cells(), layout.process_cells()];
        for (value, cells) in [2.0, 4.0, 8.0].into_iter().zip(&mut cells) {
            if !cells.is_empty() {
                observe(cells, &scale, [value]);
            }
        }
        let [one, other, process] = cells;
        let mut snapshot = layout.snapshot_of(Merge {
            lives: vec![outside(one), life("other", other)],
            process,
            ..Merge::default()
        });
        Windows::default().fill(&mut snapshot, Instant::now());
        let half = |component| shown(&snapshot, component).quantiles[4].1;
        if definition.scope == Scope::Process {
            assert!(is_about(half(None), 8.0));
        } else {
            assert!(is_about(half(None), 2.0) && is_about(half(Some("other")), 4.0));
        }
    }
}

proptest! {
    #[test]
    fn what_came_on_top_is_exact(before in proptest::collection::vec(0u64..3, 0..20), more in proptest::collection::vec(0u64..3, 20)) {
        let sparse = |counts: &[u64]| -> Vec<(u32, u64)> {
            (0..).zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect()
        };
        let mut now = more.clone();
        now.iter_mut().zip(&before).for_each(|(now, before)| *now += before);
        prop_assert_eq!(difference(&sparse(&now), &sparse(&before)), sparse(&more));
    }
}
