//! Answers of a process for the tests of the commands.

use obs_runtime::api::{
    Catalogue, Definition, Exponential, Family, Histogram, Kind, Label, Quantile, Scope, Series,
    Snapshot, Summary, Value,
};

fn family(name: &str, help: &str, unit: &str, kind: Kind, series: Vec<Series>) -> Family {
    Family {
        name: name.to_owned(),
        help: help.to_owned(),
        unit: unit.to_owned(),
        kind,
        series,
    }
}

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

/// Something of every kind.
pub(super) fn snapshot() -> Snapshot {
    let ok = &[("outcome", "ok")];
    let histogram = Value::Histogram(Histogram {
        bounds: vec![0.1, 1.0],
        buckets: vec![8, 2, 10],
        sum: 123.5,
        count: 20,
    });
    let exponential = Value::Exponential(Exponential {
        schema: 0,
        zero_threshold: 0.0,
        zero_count: 0,
        first_index: 1,
        buckets: vec![4, 4],
        overflow: 0,
        sum: 18.0,
        count: 8,
    });
    let summary = Value::Summary(Summary {
        quantiles: vec![Quantile {
            quantile: 0.99,
            value: 0.75,
        }],
        sum: 3.5,
        count: 9,
    });
    Snapshot {
        time_unix_ms: 1_000,
        families: vec![
            family(
                "jobs_total",
                "Jobs finished.",
                "",
                Kind::Counter,
                vec![
                    series(Some("hash"), ok, Value::Counter(7.0)),
                    series(Some("store\u{1b}"), ok, Value::Counter(3.0)),
                ],
            ),
            family(
                "level_ratio",
                "A level.",
                "ratio",
                Kind::Gauge,
                vec![series(None, &[], Value::Gauge(f64::NAN))],
            ),
            family(
                "size_bytes",
                "Sizes.",
                "bytes",
                Kind::Histogram,
                vec![series(None, &[], exponential)],
            ),
            family(
                "wait_seconds",
                "Waiting.",
                "seconds",
                Kind::Summary,
                vec![series(None, &[], summary)],
            ),
            family(
                "weather",
                "A newer kind.",
                "",
                Kind::Unknown,
                vec![series(None, &[], Value::Unknown)],
            ),
            family(
                "work_seconds",
                "Work.",
                "seconds",
                Kind::Histogram,
                vec![series(Some("hash"), &[], histogram)],
            ),
        ],
    }
}

fn definition(name: &str, help: &str, unit: &str, kind: Kind, scope: Scope) -> Definition {
    Definition {
        name: name.to_owned(),
        help: help.to_owned(),
        unit: unit.to_owned(),
        kind,
        scope,
        labels: Vec::new(),
        bounds: Vec::new(),
        module: "shop::till".to_owned(),
        file: "src/till.rs".to_owned(),
        line: 7,
    }
}

/// A catalogue with what a host has, and something of every kind.
pub(super) fn catalogue() -> Catalogue {
    let label = |name: &str, values: &[&str]| Label {
        name: name.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let component = Scope::Component;
    Catalogue {
        definitions: vec![
            definition(
                "component_build_info",
                "What was built.",
                "",
                Kind::Info,
                component,
            ),
            definition(
                "component_memory_bytes",
                "Memory now.",
                "bytes",
                Kind::Gauge,
                component,
            ),
            definition(
                "component_memory_limit_bytes",
                "Memory allowed.",
                "bytes",
                Kind::Gauge,
                component,
            ),
            Definition {
                labels: vec![label("outcome", &["ok", "trap"])],
                ..definition(
                    "component_messages_processed_total",
                    "Messages handled, \"by\" outcome.",
                    "",
                    Kind::Counter,
                    component,
                )
            },
            Definition {
                bounds: vec![0.1, 1.0],
                ..definition(
                    "component_processing_latency_seconds",
                    "Time to handle a message.",
                    "seconds",
                    Kind::Histogram,
                    component,
                )
            },
            definition(
                "component_state",
                "How it is.",
                "",
                Kind::StateSet,
                component,
            ),
            definition(
                "component_wait_seconds",
                "Waiting.",
                "seconds",
                Kind::Summary,
                component,
            ),
            Definition {
                labels: vec![label("path", &[])],
                ..definition(
                    "mailbox_dropped_total",
                    "Messages dropped.",
                    "",
                    Kind::Counter,
                    component,
                )
            },
            definition(
                "process_open_fds",
                "Open files.",
                "",
                Kind::Gauge,
                Scope::Process,
            ),
            definition(
                "process_max_fds",
                "Open files allowed.",
                "",
                Kind::Gauge,
                Scope::Process,
            ),
            definition(
                "weather",
                "A newer kind.",
                "",
                Kind::Unknown,
                Scope::Unknown,
            ),
        ],
    }
}
