//! Exponential histograms and summaries: counts, sums, and quantiles of what many threads observed.

use std::thread;
use std::time::Duration;

use obs::catalogue::Reading;
use obs::{Component, ExponentialHistogram, LabelValue, Number, Summary, histogram, summary};
use obs_tests::{read, value};
use proptest::prelude::*;

static TOOK: ExponentialHistogram = histogram!("took_seconds", "Times.", exponential);
static SIZE: ExponentialHistogram<(), Number> = histogram!(
    "answer_bytes",
    "Sizes.",
    exponential(schema = 0),
    range = [1, 16]
);
static CALL: Summary = summary!("call_seconds", "Times.", quantiles = [0.5, 0.9, 0.99]);
static BY_LOAD: Summary<bool, Number> = summary!(
    "load_bytes",
    "Sizes.",
    labels(heavy: bool),
    quantiles = [0.5],
    range = [1, 1048576]
);
static PACED: Summary = summary!("paced_call_seconds", "Times.", quantiles = [0.5]);

/// As zero, by bucket, above the range; and the sum.
fn counts(component: Component, metric: &str, series: usize) -> (u64, Vec<u64>, u64, f64) {
    match value(&read(component), metric, series) {
        Reading::Exponential {
            zero,
            buckets,
            overflow,
            sum,
        } => (zero, buckets.to_vec(), overflow, sum),
        other => panic!("{metric} has no observations: {other:?}"),
    }
}

#[test]
fn bounds_are_inclusive_and_the_ends_of_the_range_count() {
    let component = Component::register("exponential");
    component.scope(|| {
        for size in [0.0, -0.0, 1.0, 1.1, 2.0, 2.1, 16.0, 16.1, f64::INFINITY] {
            SIZE.observe(size);
        }
    });
    let (zero, buckets, overflow, sum) = counts(component, "answer_bytes", 0);
    assert_eq!((zero, &buckets[..], overflow), (3, &[2, 1, 0, 1][..], 2));
    assert_eq!(sum, f64::INFINITY);
}

#[test]
fn durations_that_are_bounds_belong_to_them() {
    let component = Component::register("exponential durations");
    // 2^-9 s is a whole number of nanoseconds, the end of an octave.
    let bound = Duration::from_nanos(1_953_125);
    let at = |duration: Duration| {
        component.scope(|| TOOK.observe(duration));
        let (_, buckets, ..) = counts(component, "took_seconds", 0);
        buckets
    };
    let below = at(bound).iter().rposition(|&count| count > 0);
    let above = at(bound + Duration::from_nanos(1))
        .iter()
        .rposition(|&count| count > 0);
    assert_eq!(below, Some(11 * 8 - 1));
    assert_eq!(above, Some(11 * 8));
    let (_, _, _, sum) = counts(component, "took_seconds", 0);
    assert_eq!(sum, 0.003_906_251);
}

#[test]
fn what_is_negative_or_no_number_is_refused() {
    let component = Component::register("exponential refused");
    component.scope(|| {
        SIZE.observe(-1.0);
        SIZE.observe(f64::NAN);
        TOOK.observe_seconds(-0.1);
        TOOK.observe_seconds(f64::NAN);
    });
    let life = read(component);
    assert_eq!(value(&life, "answer_bytes", 0), Reading::Untouched);
    assert_eq!(value(&life, "took_seconds", 0), Reading::Untouched);
}

#[test]
fn labels_have_cells_of_their_own() {
    #[derive(Clone, Copy, LabelValue)]
    enum Way {
        In,
        Out,
    }
    static WAYS: ExponentialHistogram<(Way, bool)> =
        histogram!("way_seconds", "Times.", labels(way: Way, well: bool), exponential(schema = 1));
    let component = Component::register("exponential labels");
    component.scope(|| {
        WAYS.with((Way::In, true)).observe(Duration::from_secs(1));
        WAYS.with((Way::Out, false))
            .observe(Duration::from_secs(600));
        WAYS.with((Way::Out, false)).observe(Duration::ZERO);
    });
    let life = read(component);
    assert_eq!(value(&life, "way_seconds", 0), Reading::Untouched);
    let (zero, buckets, overflow, sum) = counts(component, "way_seconds", 1);
    assert_eq!((zero, buckets.iter().sum(), overflow, sum), (0, 1, 0, 1.0));
    let (zero, buckets, overflow, sum) = counts(component, "way_seconds", 2);
    assert_eq!(
        (zero, buckets.iter().sum(), overflow, sum),
        (1, 0, 1, 600.0)
    );
}

#[test]
fn a_paced_timer_stands_for_the_others() {
    let component = Component::register("exponential paced");
    component.scope(|| {
        for _ in 0..1_000 {
            let _ = PACED.start_timer_one_in(10).stop();
        }
    });
    let (zero, buckets, overflow, _) = counts(component, "paced_call_seconds", 0);
    let count = zero + buckets.iter().sum::<u64>() + overflow;
    assert!((981..=1_000).contains(&count), "{count}");
}

/// exporter-prometheus 0.18.3 shows 0.5 s for this, later 0.71 ms.
#[test]
fn a_median_of_fifty_microseconds_is_shown_as_that() {
    let component = Component::register("anchors");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn(move || {
                component.scope(|| {
                    for call in 0..2_500 {
                        // One in a hundred is slow.
                        let slow = call % 100 == 0;
                        CALL.observe(Duration::from_micros(if slow { 500_000 } else { 50 }));
                    }
                });
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("it ends"));
    let recorded = obs_runtime::test::read(component);
    let shown = |quantile| recorded.quantile("call_seconds", &[], quantile);
    for quantile in [0.5, 0.9, 0.99] {
        let value = shown(quantile);
        assert!((value / 50e-6 - 1.0).abs() < 0.022, "{quantile}: {value}");
    }
}

#[test]
fn each_series_of_a_summary_has_quantiles_of_its_own() {
    let component = Component::register("summary labels");
    component.scope(|| {
        BY_LOAD.with(false).observe(3.0);
        BY_LOAD.with(true).observe(3_000.0);
    });
    let recorded = obs_runtime::test::read(component);
    for (heavy, expected) in [("false", 3.0), ("true", 3_000.0)] {
        let value = recorded.quantile("load_bytes", &[("heavy", heavy)], 0.5);
        assert!((value / expected - 1.0).abs() < 0.022, "{heavy}: {value}");
    }
}

static SPREAD: ExponentialHistogram<(), Number> = histogram!(
    "spread_bytes",
    "Sizes.",
    exponential(schema = 2),
    range = [1, 1024]
);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// What several threads observe is what one thread would have.
    #[test]
    fn a_merge_over_threads_is_exact(
        seed: u64,
        shares in proptest::collection::vec(proptest::collection::vec(0u32..5_000, 0..60), 1..5),
    ) {
        let together = Component::register(&format!("spread together {seed}"));
        let alone = Component::register(&format!("spread alone {seed}"));
        alone.scope(|| SPREAD.observe(0.0));
        together.scope(|| SPREAD.observe(0.0));
        for value in shares.iter().flatten() {
            alone.scope(|| SPREAD.observe(f64::from(*value)));
        }
        thread::scope(|scope| {
            for share in &shares {
                scope.spawn(move || together.scope(|| {
                    share.iter().for_each(|value| SPREAD.observe(f64::from(*value)));
                }));
            }
        });
        // Whole numbers add up alike in any order.
        prop_assert_eq!(counts(together, "spread_bytes", 0), counts(alone, "spread_bytes", 0));
        together.retire();
        alone.retire();
    }
}
