//! What is written, decoded by prost.

use obs::catalogue::{Definition, Exponential};
use obs_tests::protobuf::{self, Bucket, LabelPair, MetricFamily, MetricType};

use super::*;
use crate::model::fixture::{Layout, definition, key, life, outside};
use crate::serve::exposition::Names;

fn written(snapshot: &Snapshot, limit: usize) -> Vec<u8> {
    let mut encoder = Encoder::new(Walk::new(snapshot, &Names::default()));
    let mut written = Vec::new();
    loop {
        let mut chunk = Vec::new();
        let complete = encoder.fill(snapshot, &mut chunk, limit);
        written.extend(chunk);
        if complete {
            return written;
        }
    }
}

fn sample() -> Snapshot {
    let outcomes = vec![key(
        "outcome",
        &["ok".to_owned(), "timed\n\"out\"\\".to_owned()],
    )]
    .leak();
    let layout = Layout::new([
        Definition {
            help: "Jobs \"finished\".\nAll of them\\.",
            keys: outcomes,
            ..definition("jobs_total", Kind::Counter)
        },
        Definition {
            unit: "bytes",
            ..definition("heap_bytes", Kind::Gauge)
        },
        Definition {
            unit: "seconds",
            bounds: &[0.5, 1.0],
            ..definition("wait_seconds", Kind::Histogram)
        },
    ]);
    let mut cells = layout.cells();
    cells[layout.first_cell("jobs_total", 0)] = 12;
    cells[layout.first_cell("jobs_total", 1)] = 1;
    let wait = layout.first_cell("wait_seconds", 0);
    cells[wait..wait + 4].copy_from_slice(&[3, 0, 2, 4_125_000_000]);
    let mut lonely = layout.cells();
    lonely[layout.first_cell("heap_bytes", 0)] = 7;
    layout.snapshot(vec![outside(lonely), life("shop", cells)])
}

fn label(name: &str, value: &str) -> LabelPair {
    LabelPair {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

#[test]
fn families_have_names_types_labels_and_values() {
    let families = protobuf::decode(&written(&sample(), usize::MAX)).unwrap();
    let of = |family: &MetricFamily| (family.name.clone(), family.kind(), family.unit.clone());
    let heads: Vec<_> = families.iter().map(of).collect();
    let head = |name: &str, kind, unit: &str| (name.to_owned(), kind, unit.to_owned());
    assert_eq!(
        heads,
        [
            head("heap_bytes", MetricType::Gauge, "bytes"),
            head("jobs_total", MetricType::Counter, ""),
            head("wait_seconds", MetricType::Histogram, "seconds"),
        ]
    );
    let heap = &families[0].metrics[0];
    assert!(heap.labels.is_empty());
    assert_eq!(heap.gauge.as_ref().unwrap().value, 7.0);
    assert_eq!(families[1].help, "Jobs \"finished\".\nAll of them\\.");
    let outcome = "timed\n\"out\"\\";
    let labels = [label("component", "shop"), label("outcome", outcome)];
    let jobs = &families[1].metrics[1];
    assert_eq!(jobs.labels, labels);
    assert_eq!(jobs.counter.as_ref().unwrap().value, 1.0);
    let wait = families[2].metrics[0].histogram.as_ref().unwrap();
    assert_eq!((wait.sample_count, wait.sample_sum), (5, 4.125));
    let bucket = |upper_bound, cumulative_count| Bucket {
        cumulative_count,
        upper_bound,
    };
    assert_eq!(wait.buckets, [bucket(0.5, 3), bucket(1.0, 3)]);
}

/// An exponential histogram from 2^-8 to 2^8 at schema 3, with these cells filled.
fn exponential(filled: &[(usize, u64)]) -> protobuf::Histogram {
    let scale = Exponential::new(3, -8, 8);
    let layout = Layout::new([Definition {
        exponential: Some(scale),
        unit: "bytes",
        ..definition("size_bytes", Kind::Histogram)
    }]);
    let mut cells = layout.cells();
    for (cell, count) in filled {
        cells[*cell] = *count;
    }
    let overflow = scale.buckets() as usize + 1;
    cells[overflow + 1] = 9.25f64.to_bits();
    let snapshot = layout.snapshot(vec![life("shop", cells)]);
    let families = protobuf::decode(&written(&snapshot, 100)).unwrap();
    assert_eq!(families[0].kind(), MetricType::Histogram);
    families[0].metrics[0].histogram.clone().unwrap()
}

#[test]
fn an_exponential_histogram_is_native_and_classic() {
    // As zero; 2^-8 to 2^-7 in its first bucket and its fourth; 1 to 2 in its first; above the range.
    let read = exponential(&[(0, 2), (1, 5), (4, 1), (65, 7), (129, 3)]);
    assert_eq!((read.sample_count, read.sample_sum), (18, 9.25));
    assert_eq!((read.schema, read.zero_count), (3, 2));
    assert_eq!(read.zero_threshold, 2f64.powi(-8));
    let buckets = read.native_buckets().unwrap();
    let expected = [(-63, 5), (-60, 1), (1, 7), (65, 3)];
    assert_eq!(buckets.into_iter().collect::<Vec<_>>(), expected);
    let spans: Vec<_> = read
        .positive_spans
        .iter()
        .map(|span| (span.offset, span.length))
        .collect();
    assert_eq!(spans, [(-63, 4), (60, 1), (63, 1)]);
    assert_eq!(read.buckets.len(), 17);
    let classic = read.buckets.iter();
    let at = |bound: f64| classic.clone().find(|bucket| bucket.upper_bound == bound);
    for (bound, count) in [
        (2f64.powi(-8), 2),
        (0.5, 8),
        (1.0, 8),
        (2.0, 15),
        (256.0, 15),
    ] {
        assert_eq!(at(bound).unwrap().cumulative_count, count, "{bound}");
    }
}

#[test]
fn an_exponential_histogram_of_zeros_is_native_too() {
    let read = exponential(&[(0, 4)]);
    assert!(read.zero_threshold > 0.0 && read.positive_spans.is_empty());
    assert_eq!((read.zero_count, read.sample_count), (4, 4));
}

#[test]
fn a_summary_has_quantiles() {
    let layout = Layout::new([Definition {
        exponential: Some(Exponential::new(1, -1, 1)),
        quantiles: &[0.5, 1.0],
        unit: "seconds",
        ..definition("took_seconds", Kind::Summary)
    }]);
    let mut cells = layout.cells();
    cells[..7].copy_from_slice(&[3, 1, 0, 4, 1, 5, 9_250_000_000]);
    let mut snapshot = layout.snapshot(vec![outside(cells)]);
    snapshot.fill_summaries(|_, _, _| Some([(0.5, 0.75), (1.0, f64::NAN)].into()));
    let families = protobuf::decode(&written(&snapshot, 100)).unwrap();
    assert_eq!(families[0].kind(), MetricType::Summary);
    let read = families[0].metrics[0].summary.as_ref().unwrap();
    assert_eq!((read.sample_count, read.sample_sum), (14, 9.25));
    let quantiles = read.quantiles.iter();
    let quantiles: Vec<_> = quantiles.map(|read| (read.quantile, read.value)).collect();
    assert_eq!(quantiles[0], (0.5, 0.75));
    assert!(quantiles[1].0 == 1.0 && quantiles[1].1.is_nan());
}

#[test]
fn chunks_put_together_are_the_whole() {
    let snapshot = sample();
    let whole = written(&snapshot, usize::MAX);
    for limit in [1, 7, 100] {
        assert!(written(&snapshot, limit) == whole, "in chunks of {limit}");
    }
}

#[test]
fn nothing_recorded_is_an_empty_exposition() {
    assert!(written(&Layout::default().snapshot(vec![]), 100).is_empty());
}

#[test]
fn a_family_of_many_series_is_measured_in_steps() {
    let values: Vec<String> = (0..5_000).map(|n| format!("value {n}")).collect();
    let layout = Layout::new([Definition {
        keys: vec![key("value", &values)].leak(),
        ..definition("jobs_total", Kind::Counter)
    }]);
    let cells = vec![1; layout.cells().len()];
    let snapshot = layout.snapshot(vec![life("shop", cells)]);
    let mut encoder = Encoder::new(Walk::new(&snapshot, &Names::default()));
    let (mut empty, mut longest) = (0, 0);
    loop {
        let mut chunk = Vec::new();
        let complete = encoder.fill(&snapshot, &mut chunk, 1_000);
        empty += usize::from(chunk.is_empty());
        longest = longest.max(chunk.len());
        if complete {
            break;
        }
    }
    assert!(empty > 100, "{empty} steps measured");
    assert!(longest < 1_100, "{longest} bytes in a step");
}
