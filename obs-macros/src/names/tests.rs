//! Facts about names: each rule broken once, and what comes of it.

use super::*;
use Kind::{Counter, Gauge, Histogram};

/// Faulty name, kind, the start of each message, the name to write.
const FAULTY: &[(&str, Kind, &[&str], &str)] = &[
    (
        "jobs",
        Counter,
        &["counter names end in `_total`"],
        "jobs_total",
    ),
    (
        "total_jobs",
        Counter,
        &["counter names end in `_total`"],
        "jobs_total",
    ),
    (
        "jobs_total_seconds",
        Counter,
        &["counter names end in `_total`"],
        "jobs_seconds_total",
    ),
    (
        "jobs_total",
        Gauge,
        &["only counter names end in `_total`, this is a gauge"],
        "jobs",
    ),
    (
        "wait_seconds_total",
        Histogram,
        &["only counter names end in `_total`, this is a histogram"],
        "wait_seconds",
    ),
    (
        "wait_ms",
        Histogram,
        &["`ms` is not a base unit, `seconds` is"],
        "wait_seconds",
    ),
    (
        "wait_milliseconds_total",
        Counter,
        &["`milliseconds` is not"],
        "wait_seconds_total",
    ),
    (
        "uptime_hours",
        Gauge,
        &["`hours` is not a base unit"],
        "uptime_seconds",
    ),
    (
        "heap_mb",
        Gauge,
        &["`mb` is not a base unit, `bytes` is"],
        "heap_bytes",
    ),
    (
        "heap_kilobytes",
        Gauge,
        &["`kilobytes` is not"],
        "heap_bytes",
    ),
    (
        "cpu_percent",
        Gauge,
        &["`percent` is not a base unit, `ratio` is"],
        "cpu_ratio",
    ),
    (
        "room_fahrenheit",
        Gauge,
        &["`fahrenheit` is not"],
        "room_celsius",
    ),
    (
        "wait_second",
        Histogram,
        &["the unit is a plural (`_seconds`)"],
        "wait_seconds",
    ),
    (
        "read_byte_total",
        Counter,
        &["the unit is a plural (`_bytes`)"],
        "read_bytes_total",
    ),
    (
        "hit_ratios",
        Gauge,
        &["the unit is a singular (`_ratio`)"],
        "hit_ratio",
    ),
    (
        "bytes_read_total",
        Counter,
        &["the unit (`bytes`) comes last"],
        "read_bytes_total",
    ),
    (
        "wait_seconds_longest",
        Gauge,
        &["the unit (`seconds`) comes last"],
        "wait_longest_seconds",
    ),
    ("jobs_per_second", Gauge, &["rates are computed"], "jobs"),
    (
        "jobs_per_second_total",
        Counter,
        &["rates are computed"],
        "jobs_total",
    ),
    (
        "jobs_count",
        Gauge,
        &["the ending `_count` is reserved"],
        "jobs",
    ),
    (
        "jobs_created_total",
        Counter,
        &["the ending `_created` is reserved"],
        "jobs_total",
    ),
    (
        "build_info",
        Gauge,
        &["the ending `_info` is reserved"],
        "build",
    ),
    (
        "wait_bucket",
        Histogram,
        &["the ending `_bucket` is reserved"],
        "wait",
    ),
    (
        "wait_seconds_sum",
        Histogram,
        &["the unit (`seconds`) comes last", "the ending `_sum`"],
        "wait_seconds",
    ),
    (
        "jobs_gauge",
        Gauge,
        &["names do not say the metric type (`_gauge`)"],
        "jobs",
    ),
    (
        "jobs_counter_total",
        Counter,
        &["names do not say the metric type (`_counter`)"],
        "jobs_total",
    ),
    (
        "wait_histogram_seconds",
        Histogram,
        &["names do not say the metric type"],
        "wait_seconds",
    ),
    (
        "obs_jobs_total",
        Counter,
        &["names that start with `obs_` belong to obs"],
        "jobs_total",
    ),
    (
        "process_threads",
        Gauge,
        &["names that start with `process_` belong to obs"],
        "threads",
    ),
    (
        "jobsDone_total",
        Counter,
        &["metric names are snake_case"],
        "jobs_done_total",
    ),
    (
        "jobs-done.total",
        Counter,
        &["`-` is not allowed"],
        "jobs_done_total",
    ),
    (
        "job:jobs_total",
        Counter,
        &["colons are for recording rules"],
        "job_jobs_total",
    ),
    (
        "2xx_responses_total",
        Counter,
        &["metric names start with a letter"],
        "responses_2xx_total",
    ),
    (
        "_jobs_total",
        Counter,
        &["metric names do not start with `_`"],
        "jobs_total",
    ),
    (
        "jobs_",
        Gauge,
        &["metric names do not end with `_`"],
        "jobs",
    ),
    (
        "jobs__total",
        Counter,
        &["metric names have one `_` between words"],
        "jobs_total",
    ),
    (
        "jobsMs",
        Counter,
        &["metric names are snake", "`ms` is not", "counter names end"],
        "jobs_seconds_total",
    ),
    ("", Counter, &["the name is empty"], "jobs_total"),
];

#[test]
fn each_broken_rule_is_named_and_corrected() {
    for (name, kind, expected, correct) in FAULTY {
        let found = faults(name, *kind, false);
        assert!(!found.is_empty(), "{name}");
        for (found, expected) in found.iter().zip(*expected) {
            assert!(found.starts_with(expected), "{name}: {found}");
            assert!(
                found.ends_with(&format!("write `{correct}`")) || name.is_empty(),
                "{name}: {found}"
            );
        }
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
    }
}

#[test]
fn good_names_have_no_faults() {
    for (name, kind) in [
        ("jobs_total", Counter),
        ("process", Gauge),
        ("cpu_seconds_total", Counter),
        ("memory_byte_seconds_total", Counter),
        ("counter_resets_total", Counter),
        ("last_success_timestamp_seconds", Gauge),
        ("water_celsius", Gauge),
        ("hit_ratio", Gauge),
        ("payload_bytes", Histogram),
        ("http2_streams", Gauge),
    ] {
        assert_eq!(faults(name, kind, false), [""; 0], "{name}");
    }
    assert_eq!(faults("obs_merges_total", Counter, true), [""; 0]);
}

#[test]
fn a_corrected_name_has_no_faults() {
    let parts = [
        "jobs", "total", "ms", "seconds", "second", "bytes", "per", "count", "info", "gauge",
        "obs", "process", "Mb", "2xx", "", "percent", "a:b",
    ];
    let pairs: Vec<String> = parts
        .iter()
        .flat_map(|first| parts.map(|second| format!("{first}_{second}")))
        .collect();
    for kind in [Counter, Gauge, Histogram] {
        let triples = pairs
            .iter()
            .flat_map(|pair| parts.map(|part| format!("{pair}_{part}")));
        for name in triples {
            let corrected = corrected(&name, kind, false);
            assert_eq!(
                faults(&corrected, kind, false),
                [""; 0],
                "{name} -> {corrected}"
            );
        }
    }
}

#[test]
fn a_correct_name_is_left_alone() {
    for (name, kind) in [
        ("jobs_total", Counter),
        ("wait_seconds", Histogram),
        ("memory_byte_seconds", Gauge),
    ] {
        assert_eq!(corrected(name, kind, false), name);
    }
}

#[test]
fn labels_are_checked() {
    for (label, start) in [
        ("component", "`component` is set by the component"),
        ("le", "`le` is the label of histogram buckets"),
        ("quantile", "`quantile` is the label of summaries"),
        ("__name", "labels that start with `__`"),
        (
            "statusCode",
            "label names are snake_case: write `status_code`",
        ),
        ("_kind", "label names are snake_case: write `kind`"),
        ("_", "label names are snake_case: write `name`"),
        (
            "method",
            "`method` is a label, so the metric's name does not say it: write `jobs_total`",
        ),
    ] {
        let fault = label_fault(label, "jobs_by_method_total").unwrap_or_default();
        assert!(fault.starts_with(start), "{label}: {fault}");
    }
    assert_eq!(label_fault("function", "function_calls_total"), None);
    assert_eq!(label_fault("type", "jobs_total"), None);
}

#[test]
fn snake_case_knows_abbreviations() {
    for (name, snake) in [
        ("Get", "get"),
        ("HTTPGet", "http_get"),
        ("NotFound404", "not_found404"),
        ("V2Ready", "v2_ready"),
        ("TimedOut", "timed_out"),
        ("ABC", "abc"),
        ("Already_Split", "already_split"),
    ] {
        assert_eq!(snake_case(name), snake);
    }
}

#[test]
fn relaxed_names_are_still_legal() {
    for (name, kind) in [
        ("httpRequests", Counter),
        ("latency_ms", Histogram),
        ("queue_total", Gauge),
        ("jobs_per_second", Gauge),
        ("_private__gauge", Gauge),
        ("counted", Counter),
        ("obsolete_jobs", Gauge),
    ] {
        assert_eq!(illegal(name, kind, false), [""; 0], "{name}");
        assert_eq!(legal(name, kind, false), name);
    }
    for (name, starts, write) in [
        ("", "the name is empty", "jobs_total"),
        ("http-requests", "`-` is not allowed", "http_requests"),
        ("a:b", "colons are for recording rules", "a_b"),
        ("größe", "`ö` is not allowed", "gr__e"),
        ("2xx", "metric names start with a letter", "_2xx"),
        ("obs_process_jobs", "names that start with `obs_`", "jobs"),
        ("jobs_sum_count", "the ending `_count` is reserved", "jobs"),
    ] {
        let found = illegal(name, Counter, false);
        assert!(found[0].starts_with(starts), "{name}: {found:?}");
        assert!(
            found[0].ends_with(&format!("`{write}`")),
            "{name}: {found:?}"
        );
        assert_eq!(illegal(write, Counter, false), [""; 0], "{write}");
    }
    assert_eq!(illegal("obs_merges", Counter, true), [""; 0]);
}

#[test]
fn relaxed_labels_are_still_legal() {
    for label in ["statusCode", "_kind", "jobs", "function"] {
        assert_eq!(label_illegal(label), None, "{label}");
    }
    for (label, says) in [
        ("component", "set by the component"),
        ("le", "histogram buckets"),
        ("quantile", "summaries"),
        ("__name", "write `name`"),
        ("größe", "`ö` is not allowed"),
    ] {
        let fault = label_illegal(label).unwrap_or_default();
        assert!(fault.contains(says), "{label}: {fault}");
    }
}
