//! What is written, to the letter and read back.

use std::time::Instant;

use obs::catalogue::{Definition, Exponential, Scope};
use obs::collector::Merge;
use obs_tests::exposition;

use super::*;
use crate::model::family::{Naming, Rename};
use crate::model::fixture::{Layout, at, definition, key, life, outside};
use crate::serve::exposition::Names;

fn start(format: Format, snapshot: &Snapshot) -> Encoder {
    Encoder::new(format, Walk::new(snapshot, &Names::default()))
}

fn written(snapshot: &Snapshot, format: Format) -> String {
    let mut encoder = start(format, snapshot);
    let mut out = Vec::new();
    assert!(encoder.fill(snapshot, &mut out, usize::MAX));
    String::from_utf8(out).unwrap()
}

fn counter(name: &str) -> Definition {
    definition(name, Kind::Counter)
}

fn sample() -> Snapshot {
    let outcomes = vec![key("outcome", &["ok".to_owned(), "timed_out".to_owned()])].leak();
    let layout = Layout::new([
        Definition {
            help: "Jobs \"finished\".\nAll of them\\.",
            keys: outcomes,
            ..counter("jobs_total")
        },
        Definition {
            unit: "seconds",
            ..counter("busy_seconds_total")
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
    cells[layout.first_cell("busy_seconds_total", 0)] = 2_250_000_000;
    cells[layout.first_cell("heap_bytes", 0)] = 4096;
    let wait = layout.first_cell("wait_seconds", 0);
    cells[wait..wait + 4].copy_from_slice(&[3, 0, 2, 4_125_000_000]);
    let mut lonely = layout.cells();
    lonely[layout.first_cell("heap_bytes", 0)] = 7;
    layout.snapshot(vec![outside(lonely), life("shop/\"p\"\\1\n", cells)])
}

#[test]
fn text_is_as_the_old_format_wants_it() {
    let expected = r#"# HELP busy_seconds_total Help.
# TYPE busy_seconds_total counter
busy_seconds_total{component="shop/\"p\"\\1\n"} 2.25
# HELP heap_bytes Help.
# TYPE heap_bytes gauge
heap_bytes 7
heap_bytes{component="shop/\"p\"\\1\n"} 4096
# HELP jobs_total Jobs "finished".\nAll of them\\.
# TYPE jobs_total counter
jobs_total{component="shop/\"p\"\\1\n",outcome="ok"} 12
jobs_total{component="shop/\"p\"\\1\n",outcome="timed_out"} 1
# HELP wait_seconds Help.
# TYPE wait_seconds histogram
wait_seconds_bucket{component="shop/\"p\"\\1\n",le="0.5"} 3
wait_seconds_bucket{component="shop/\"p\"\\1\n",le="1.0"} 3
wait_seconds_bucket{component="shop/\"p\"\\1\n",le="+Inf"} 5
wait_seconds_sum{component="shop/\"p\"\\1\n"} 4.125
wait_seconds_count{component="shop/\"p\"\\1\n"} 5
"#;
    assert_eq!(written(&sample(), Format::Text), expected);
}

#[test]
fn open_metrics_names_units_and_families_without_total() {
    let expected = r#"# HELP busy_seconds Help.
# TYPE busy_seconds counter
# UNIT busy_seconds seconds
busy_seconds_total{component="shop/\"p\"\\1\n"} 2.25
# HELP heap_bytes Help.
# TYPE heap_bytes gauge
# UNIT heap_bytes bytes
heap_bytes 7
heap_bytes{component="shop/\"p\"\\1\n"} 4096
# HELP jobs Jobs \"finished\".\nAll of them\\.
# TYPE jobs counter
jobs_total{component="shop/\"p\"\\1\n",outcome="ok"} 12
jobs_total{component="shop/\"p\"\\1\n",outcome="timed_out"} 1
# HELP wait_seconds Help.
# TYPE wait_seconds histogram
# UNIT wait_seconds seconds
wait_seconds_bucket{component="shop/\"p\"\\1\n",le="0.5"} 3
wait_seconds_bucket{component="shop/\"p\"\\1\n",le="1.0"} 3
wait_seconds_bucket{component="shop/\"p\"\\1\n",le="+Inf"} 5
wait_seconds_sum{component="shop/\"p\"\\1\n"} 4.125
wait_seconds_count{component="shop/\"p\"\\1\n"} 5
# EOF
"#;
    assert_eq!(written(&sample(), Format::OpenMetrics), expected);
}

#[test]
fn a_unit_that_the_name_lacks_is_not_named() {
    let layout = Layout::new([Definition {
        unit: "seconds",
        ..definition("age", Kind::Gauge)
    }]);
    let text = written(
        &layout.snapshot(vec![outside(vec![1, 0, 0])]),
        Format::OpenMetrics,
    );
    assert!(!text.contains("UNIT"), "{text}");
}

#[test]
fn a_counter_without_total_has_the_same_name_in_both_formats() {
    let layout = Layout::new([counter("jobs")]);
    let snapshot = layout.snapshot(vec![outside(vec![1])]);
    let text = written(&snapshot, Format::Text);
    assert!(text.ends_with("# TYPE jobs counter\njobs 1\n"), "{text}");
    let open = written(&snapshot, Format::OpenMetrics);
    assert!(
        open.ends_with("# TYPE jobs unknown\njobs 1\n# EOF\n"),
        "{open}"
    );
}

#[test]
fn a_sum_with_observations_below_zero_is_no_counter() {
    let bounds = &[-1.0, 0.0];
    let layout = Layout::new([Definition {
        bounds,
        ..definition("drift", Kind::Histogram)
    }]);
    let snapshot = layout.snapshot(vec![outside(vec![1, 0, 0, (-2.0f64).to_bits(), 0])]);
    let text = written(&snapshot, Format::Text);
    assert!(
        text.contains("drift_sum -2\n") && text.contains(r#"le="-1.0""#),
        "{text}"
    );
    for lacking in ["drift_sum", "drift_count"] {
        assert!(!written(&snapshot, Format::OpenMetrics).contains(lacking));
    }
}

/// Two distributions that were observed, and a summary of the process that was not.
fn distributions() -> Snapshot {
    let scale = Exponential::new(1, -1, 1);
    let layout = Layout::new([
        Definition {
            unit: "seconds",
            exponential: Some(scale),
            literals: &[("way", "in")],
            ..definition("took_seconds", Kind::Histogram)
        },
        Definition {
            unit: "seconds",
            exponential: Some(scale),
            quantiles: &[0.5, 1.0],
            ..definition("call_seconds", Kind::Summary)
        },
        Definition {
            unit: "bytes",
            exponential: Some(scale),
            quantiles: &[0.999],
            scope: Scope::Process,
            ..definition("size_bytes", Kind::Summary)
        },
    ]);
    let mut cells = layout.cells();
    for name in ["took_seconds", "call_seconds"] {
        let first = layout.first_cell(name, 0);
        cells[first..first + 7].copy_from_slice(&[3, 1, 0, 4, 1, 5, 9_250_000_000]);
    }
    let mut snapshot = layout.snapshot_of(Merge {
        lives: vec![life("shop", cells)],
        process: layout.process_cells(),
        ..Merge::default()
    });
    snapshot.fill_summaries(|_, _, _| Some([(0.5, 0.75), (1.0, 2.0)].into()));
    snapshot
}

#[test]
fn distributions_are_written_as_buckets_and_as_quantiles() {
    let expected = r#"# HELP call_seconds Help.
# TYPE call_seconds summary
call_seconds{component="shop",quantile="0.5"} 0.75
call_seconds{component="shop",quantile="1.0"} 2
call_seconds_sum{component="shop"} 9.25
call_seconds_count{component="shop"} 14
# HELP size_bytes Help.
# TYPE size_bytes summary
size_bytes{quantile="0.999"} NaN
size_bytes_sum 0
size_bytes_count 0
# HELP took_seconds Help.
# TYPE took_seconds histogram
took_seconds_bucket{component="shop",way="in",le="0.5"} 3
took_seconds_bucket{component="shop",way="in",le="1.0"} 4
took_seconds_bucket{component="shop",way="in",le="2.0"} 9
took_seconds_bucket{component="shop",way="in",le="+Inf"} 14
took_seconds_sum{component="shop",way="in"} 9.25
took_seconds_count{component="shop",way="in"} 14
"#;
    let snapshot = distributions();
    let text = written(&snapshot, Format::Text);
    assert_eq!(text, expected);
    exposition::text(&text).expect("the text is right");
    let open = exposition::open_metrics(&written(&snapshot, Format::OpenMetrics));
    let open = open.expect("OpenMetrics is right");
    assert_eq!(open["call_seconds"].kind, "summary");
}

#[test]
fn an_exponential_histogram_tells_what_native_ones_need() {
    let snapshot = distributions();
    let series = snapshot.series_of("took_seconds").next();
    let Some(Value::Exponential(value)) = series.map(|series| series.value()) else {
        panic!("no exponential histogram");
    };
    assert_eq!((value.schema, value.first_index), (1, -1));
    assert_eq!((value.zero_threshold, value.zero), (0.5, 3));
    assert_eq!((value.buckets, value.overflow), (&[1, 0, 4, 1][..], 5));
    assert_eq!((value.sum, value.count()), (9.25, 14));
}

#[test]
fn a_state_set_is_one_in_open_metrics_and_gauges_in_text() {
    let states = ["starting".to_owned(), "running".to_owned()];
    let layout = Layout::new([Definition {
        keys: vec![key("worker_state", &states)].leak(),
        scope: Scope::Process,
        ..definition("worker_state", Kind::StateSet)
    }]);
    let naming = Naming {
        renames: vec![Rename {
            module: "shop".to_owned(),
            name: "worker_state".to_owned(),
            new_name: "shop_state".to_owned(),
        }],
        ..Naming::default()
    };
    for (naming, name) in [(Naming::default(), "worker_state"), (naming, "shop_state")] {
        let snapshot = |state| {
            let merge = Merge {
                process: vec![state],
                ..Merge::default()
            };
            Snapshot::new(at(1), layout.families(&naming), merge, None)
        };
        assert_eq!(written(&snapshot(0), Format::Text), "");
        let running = snapshot(2);
        for (format, kind, end) in [
            (Format::Text, "gauge", ""),
            (Format::OpenMetrics, "stateset", "# EOF\n"),
        ] {
            let expected = format!(
                "# HELP {name} Help.\n# TYPE {name} {kind}\n\
                 {name}{{{name}=\"starting\"}} 0\n{name}{{{name}=\"running\"}} 1\n{end}"
            );
            assert_eq!(written(&running, format), expected);
        }
        exposition::open_metrics(&written(&running, Format::OpenMetrics)).expect("it is right");
        let label = running
            .series()
            .next()
            .and_then(|series| series.labels().next());
        assert_eq!(label, Some((name, "starting")));
    }
}

#[test]
fn nothing_recorded_is_an_empty_exposition() {
    let snapshot = Layout::default().snapshot(vec![]);
    assert_eq!(written(&snapshot, Format::Text), "");
    assert_eq!(written(&snapshot, Format::OpenMetrics), "# EOF\n");
}

#[test]
fn chunks_put_together_are_the_whole() {
    for format in [Format::Text, Format::OpenMetrics] {
        let snapshot = sample();
        let mut encoder = start(format, &snapshot);
        let mut whole = Vec::new();
        loop {
            let mut chunk = Vec::new();
            let complete = encoder.fill(&snapshot, &mut chunk, 1);
            whole.extend(chunk);
            if complete {
                break;
            }
        }
        assert_eq!(
            String::from_utf8(whole).unwrap(),
            written(&snapshot, format)
        );
    }
}

/// The figures of ANCHORS.md: run with `cargo test --release -p obs-runtime -- --ignored --nocapture large`.
#[test]
#[ignore = "a measurement, in release"]
fn large_expositions_are_rendered_fast() {
    let values: Vec<String> = (0..100).map(|n| format!("value-{n}")).collect();
    let keys = vec![key("shard", &values)].leak();
    let literals: &[_] = &[("region", "eu-central-1")];
    let counters = Layout::new([Definition {
        keys,
        literals,
        ..counter("http_requests_total")
    }]);
    let bounds: &[f64] = &[
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ];
    let histogram = definition("http_request_duration_seconds", Kind::Histogram);
    let histograms = Layout::new([Definition {
        unit: "seconds",
        keys,
        literals,
        bounds,
        ..histogram
    }]);
    for (what, layout, components, series, limit_ms) in [
        ("counters", counters, 1_000, 100_000, 10),
        ("histograms", histograms, 100, 10_000, 12),
    ] {
        let lives = (0..components).map(|n| {
            let cells = vec![12_345_678; layout.cells().len()];
            life(&format!("component/{n}"), cells)
        });
        let snapshot = layout.snapshot(lives.collect());
        assert_eq!(snapshot.series().count(), series);
        let mut chunk = Vec::with_capacity(68 * 1024);
        let mut times = Vec::new();
        let mut bytes = 0;
        for _ in 0..30 {
            let begun = Instant::now();
            let mut encoder = start(Format::Text, &snapshot);
            bytes = 0;
            loop {
                chunk.clear();
                let complete = encoder.fill(&snapshot, &mut chunk, 64 * 1024);
                bytes += chunk.len();
                if complete {
                    break;
                }
            }
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!(
            "{series} {what}: {bytes} bytes, median {:.2} ms, least {:.2} ms",
            times[15], times[0]
        );
        assert!(
            times[0] <= f64::from(limit_ms),
            "{what}: {:.2} ms",
            times[0]
        );
    }
}

#[test]
fn families_of_one_stem_have_names_of_their_own_in_open_metrics() {
    let layout = Layout::new([
        counter("jobs"),
        counter("jobs_total"),
        definition("open", Kind::Gauge),
        counter("open_total"),
        counter("work_total"),
    ]);
    let mut cells = layout.cells();
    cells.fill(1);
    let snapshot = layout.snapshot(vec![outside(cells)]);
    let text = written(&snapshot, Format::OpenMetrics);
    let types: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .collect();
    assert_eq!(
        types,
        [
            "jobs unknown",
            "jobs_total unknown",
            "open gauge",
            "open_total unknown",
            "work counter",
        ]
    );
    let text = written(&snapshot, Format::Text);
    assert!(text.contains("# TYPE open_total counter\nopen_total 1\n"));
}

#[test]
fn a_constant_label_yields_to_the_labels_of_its_whole_family() {
    let any = Definition {
        mixed_labels: true,
        ..counter("jobs_total")
    };
    let layout = Layout::new([
        any,
        Definition {
            dynamic: &["zone"],
            ..any
        },
        counter("other_total"),
    ]);
    let naming = Naming {
        constant: vec![("zone".to_owned(), "eu".to_owned())],
        ..Naming::default()
    };
    let mut cells = layout.cells();
    cells.fill(1);
    let merge = Merge {
        lives: vec![outside(cells)],
        ..Merge::default()
    };
    let snapshot = Snapshot::new(at(1), layout.families(&naming), merge, None);
    let text = written(&snapshot, Format::Text);
    // Another series of the family has the label, and may have this very value.
    assert!(text.contains("\njobs_total 1\n"), "{text}");
    assert!(text.contains("\nother_total{zone=\"eu\"} 1\n"), "{text}");
}
