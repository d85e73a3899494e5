//! What is written is what is read, whatever the numbers are.

use super::{
    Catalogue, Definition, Exponential, Family, Histogram, Kind, Label, Quantile, Scope, Series,
    Snapshot, Summary, Value,
};

fn series(component: Option<&str>, labels: &[(&str, &str)], value: Value) -> Series {
    Series {
        component: component.map(str::to_owned),
        labels: labels
            .iter()
            .map(|&(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
        value,
    }
}

fn family(name: &str, kind: Kind, series: Vec<Series>) -> Family {
    Family {
        name: name.to_owned(),
        help: "What \\ it \"means\"\nin two lines.".to_owned(),
        unit: "seconds".to_owned(),
        kind,
        series,
    }
}

fn there_and_back(snapshot: &Snapshot) -> Snapshot {
    let json = serde_json::to_string(snapshot).expect("a snapshot can be written");
    serde_json::from_str(&json).expect("what was written can be read")
}

#[test]
fn snapshot_survives_json() {
    let histogram = Value::Histogram(Histogram {
        bounds: vec![0.001, 0.1],
        buckets: vec![3, 0, 1],
        sum: 7.25,
        count: 4,
    });
    let exponential = Value::Exponential(Exponential {
        schema: 3,
        zero_threshold: 1e-9,
        zero_count: 1,
        first_index: -80,
        buckets: vec![0, 2],
        overflow: 1,
        sum: f64::INFINITY,
        count: 4,
    });
    let summary = Value::Summary(Summary {
        quantiles: vec![Quantile {
            quantile: 0.99,
            value: 0.25,
        }],
        sum: 0.5,
        count: 2,
    });
    let snapshot = Snapshot {
        time_unix_ms: 1_764_000_000_123,
        families: vec![
            family(
                "jobs_total",
                Kind::Counter,
                vec![series(
                    Some("störe\u{7}"),
                    &[("outcome", "ok")],
                    Value::Counter(9_007_199_254_740_992.0),
                )],
            ),
            family(
                "queue_depth",
                Kind::Gauge,
                vec![series(None, &[], Value::Gauge(-0.1))],
            ),
            family(
                "work_seconds",
                Kind::Histogram,
                vec![series(Some("hash"), &[], histogram)],
            ),
            family(
                "work_size",
                Kind::Histogram,
                vec![series(Some("hash"), &[], exponential)],
            ),
            family(
                "wait_seconds",
                Kind::Summary,
                vec![series(None, &[], summary)],
            ),
        ],
    };
    assert_eq!(there_and_back(&snapshot), snapshot);
}

#[test]
fn infinities_and_nan_survive_json() {
    let values = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let gauges = values
        .iter()
        .map(|&value| series(None, &[], Value::Gauge(value)))
        .collect();
    let read = there_and_back(&Snapshot {
        time_unix_ms: 0,
        families: vec![family("g", Kind::Gauge, gauges)],
    });
    let read: Vec<f64> = read.families[0]
        .series
        .iter()
        .map(|s| {
            if let Value::Gauge(v) = s.value {
                v
            } else {
                0.0
            }
        })
        .collect();
    assert_eq!(read[..2], values[..2]);
    assert!(read[2].is_nan());
}

#[test]
fn wire_form_is_stable() {
    let json = serde_json::json!({
        "time_unix_ms": 5,
        "families": [{
            "name": "up", "help": "", "unit": "", "kind": "histogram",
            "series": [
                { "component": null, "labels": [["a", "b"]], "value": { "counter": 3 } },
                { "component": "c", "labels": [], "value": { "gauge": -3 } },
                { "component": "c", "labels": [], "value": { "histogram": { "bounds": [1.0], "buckets": [1, 0], "sum": "NaN", "count": 1 } } },
            ],
        }],
    });
    let snapshot: Snapshot = serde_json::from_value(json).expect("the documented form can be read");
    assert_eq!(snapshot.families[0].kind, Kind::Histogram);
    assert_eq!(snapshot.families[0].series[0].value, Value::Counter(3.0));
    assert_eq!(snapshot.families[0].series[1].value, Value::Gauge(-3.0));
}

#[test]
fn unknown_word_for_a_number_is_refused() {
    let error =
        serde_json::from_str::<Value>(r#"{ "gauge": "lots" }"#).expect_err("`lots` is no number");
    assert!(error.to_string().contains("NaN, +Inf, -Inf"), "{error}");
}

#[test]
fn what_a_newer_runtime_adds_is_unknown_and_the_rest_is_read() {
    let json = serde_json::json!({
        "time_unix_ms": 5,
        "weather": "fine",
        "families": [{
            "name": "a", "help": "", "unit": "", "kind": "hologram", "colour": [1],
            "series": [
                { "component": null, "labels": [], "value": { "hologram": { "deep": [1, { "er": 2 }] } }, "age": 3 },
                { "component": null, "labels": [], "value": { "counter": 3 } },
            ],
        }],
    });
    let snapshot: Snapshot = serde_json::from_value(json).expect("it is read");
    assert_eq!(snapshot.families[0].kind, Kind::Unknown);
    let values: Vec<&Value> = snapshot.families[0]
        .series
        .iter()
        .map(|series| &series.value)
        .collect();
    assert_eq!(values, [&Value::Unknown, &Value::Counter(3.0)]);
    let scope: Scope = serde_json::from_str(r#""galaxy""#).expect("it is read");
    assert_eq!(scope, Scope::Unknown);
}

#[test]
fn catalogue_survives_json() {
    let catalogue = Catalogue {
        definitions: vec![Definition {
            name: "work_seconds".to_owned(),
            help: "Work.".to_owned(),
            unit: "seconds".to_owned(),
            kind: Kind::Histogram,
            scope: Scope::Component,
            labels: vec![Label {
                name: "outcome".to_owned(),
                values: vec!["ok".to_owned(), "failed".to_owned()],
            }],
            bounds: vec![0.1, 1.0],
            module: "shop::till".to_owned(),
            file: "src/till.rs".to_owned(),
            line: 7,
        }],
    };
    let json = serde_json::to_string(&catalogue).expect("it can be written");
    let read: Catalogue = serde_json::from_str(&json).expect("it can be read");
    assert_eq!(read, catalogue);
}
