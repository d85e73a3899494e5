//! What a runtime refuses to start with, and what it starts with.

use super::*;
use crate::model::fixture::{Layout, definition, key};
use obs::catalogue::Scope;

type Change = fn(&mut Definition);

fn check(definitions: impl IntoIterator<Item = Definition>, naming: &Naming) -> Result<(), Error> {
    let metrics = Layout::new(definitions).metrics;
    start(
        &Catalogue {
            metrics,
            ..Catalogue::default()
        },
        naming,
    )
}

fn renaming(module: &str, name: &str, new_name: &str) -> Naming {
    let rename = Rename {
        module: module.to_owned(),
        name: name.to_owned(),
        new_name: new_name.to_owned(),
    };
    Naming {
        renames: vec![rename],
        ..Naming::default()
    }
}

fn message(result: Result<(), Error>) -> String {
    result.unwrap_err().to_string()
}

fn counter(name: &str) -> Definition {
    definition(name, Kind::Counter)
}

#[test]
fn metrics_that_differ_under_one_name_are_refused() {
    let first = Definition {
        bounds: &[1.0],
        ..definition("size", Kind::Histogram)
    };
    let other = |change: Change| {
        let mut other = Definition {
            line: 99,
            file: "src/other.rs",
            ..first
        };
        change(&mut other);
        check([first, other], &Naming::default())
    };
    // The catalogue makes one metric of equal definitions: two that are alike have been renamed to one name.
    assert!(message(other(|_| {})).contains("taken for the other's"));
    let labelled = |value: &'static str| Definition {
        literals: vec![("kind", value)].leak(),
        ..first
    };
    assert!(check([labelled("a"), labelled("b")], &Naming::default()).is_ok());
    let cases: [(Change, &str); 7] = [
        (|other| other.kind = Kind::Gauge, "kinds differ"),
        (|other| other.integer = true, "gauge of whole numbers"),
        (|other| other.scope = Scope::Process, "one is per component"),
        (|other| other.unit = "bytes", "units differ"),
        (|other| other.literals = &[("a", "b")], "labels differ"),
        (|other| other.bounds = &[2.0], "buckets differ"),
        (
            |other| other.keys = vec![key("a", &["x".to_owned()])].leak(),
            "labels differ",
        ),
    ];
    for (change, says) in cases {
        let message = message(other(change));
        for part in [says, "src/somewhere.rs:7", "src/other.rs:99", "rename("] {
            assert!(message.contains(part), "{message}");
        }
    }
}

#[test]
fn values_of_a_label_must_be_the_same() {
    let with = |values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        Definition {
            keys: vec![key("outcome", &values)].leak(),
            ..counter("jobs_total")
        }
    };
    let result = check([with(&["ok"]), with(&["ok", "err"])], &Naming::default());
    assert!(message(result).contains("values of a label differ"));
}

#[test]
fn values_of_a_label_may_differ_where_a_literal_tells_the_series_apart() {
    let with = |kind: Option<&'static str>, keys: Vec<obs::catalogue::LabelKey>| Definition {
        literals: kind
            .map(|kind| ("kind", kind))
            .into_iter()
            .collect::<Vec<_>>()
            .leak(),
        keys: keys.leak(),
        ..counter("operations_total")
    };
    let operation = |values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        key("operation", &values)
    };
    let files = with(Some("file"), vec![operation(&["read"])]);
    let sockets = with(Some("socket"), vec![operation(&["connect", "send"])]);
    assert!(check([files, sockets], &Naming::default()).is_ok());
    // The same label once as a literal and once as an enum: the enum may take the literal's value.
    let kinds = key("kind", &["file".to_owned()]);
    let any = with(None, vec![kinds, operation(&["read"])]);
    let result = check([files, any], &Naming::default());
    assert!(message(result).contains("values of a label differ"));
}

#[test]
fn series_that_would_be_mistaken_for_each_other_are_refused() {
    let histogram = || definition("wait_seconds", Kind::Histogram);
    for (other, name) in [
        (
            definition("wait_seconds_count", Kind::Gauge),
            "wait_seconds_count",
        ),
        (
            definition("wait_seconds_sum", Kind::Gauge),
            "wait_seconds_sum",
        ),
    ] {
        let message = message(check([histogram(), other], &Naming::default()));
        assert!(
            message.contains(name) && message.contains("taken for"),
            "{message}"
        );
    }
    let summary = definition("wait_seconds", Kind::Summary);
    let other = definition("wait_seconds_count", Kind::Gauge);
    let result = check([summary, other], &Naming::default());
    assert!(message(result).contains("taken for"));
    // In OpenMetrics both families would be called jobs.
    let result = check(
        [counter("jobs_total"), definition("jobs", Kind::Gauge)],
        &Naming::default(),
    );
    assert!(message(result).contains("taken for"));
}

#[test]
fn an_info_takes_the_name_of_its_family_in_openmetrics() {
    let info = definition("build_info", Kind::Info);
    let result = check([definition("build", Kind::Gauge), info], &Naming::default());
    assert!(message(result).contains("taken for"));
}

#[test]
fn what_comes_through_a_bridge_does_not_keep_a_runtime_from_starting() {
    let bridged = |name: &str, kind| Definition {
        mixed_labels: true,
        dynamic: &["zone"],
        ..definition(name, kind)
    };
    let naming = Naming {
        constant: vec![("zone".to_owned(), "eu".to_owned())],
        ..Naming::default()
    };
    let definitions = [
        counter("connections_total"),
        bridged("connections", Kind::Gauge),
        bridged("jobs", Kind::Counter),
        bridged("jobs_total", Kind::Counter),
    ];
    assert!(check(definitions, &naming).is_ok());
    let parts = [
        bridged("size", Kind::Histogram),
        bridged("size_count", Kind::Counter),
    ];
    assert!(message(check(parts, &naming)).contains("taken for"));
}

#[test]
fn a_counter_without_total_takes_the_name_with_it() {
    let result = check(
        [counter("jobs"), definition("jobs_total", Kind::Gauge)],
        &Naming::default(),
    );
    assert!(message(result).contains("taken for"));
    assert!(check([counter("jobs")], &Naming::default()).is_ok());
}

#[test]
fn values_of_a_label_may_differ_where_another_tells_them_apart() {
    let with = |function: &'static str, values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        Definition {
            keys: vec![key("error", &values)].leak(),
            literals: vec![("function", function)].leak(),
            ..counter("function_errors_total")
        }
    };
    let different = [with("a", &["io"]), with("b", &["io", "parse"])];
    assert!(check(different, &Naming::default()).is_ok());
    let alike = [with("a", &["io"]), with("a", &["io", "parse"])];
    assert!(message(check(alike, &Naming::default())).contains("values of a label differ"));
}

#[test]
fn a_rename_settles_a_conflict_or_makes_one() {
    let gauge = Definition {
        module: "other::place",
        ..definition("jobs", Kind::Gauge)
    };
    let naming = renaming("other", "jobs", "other_jobs");
    assert!(check([counter("jobs_total"), gauge], &naming).is_ok());
    let naming = renaming("other", "jobs", "taken");
    let taken = Definition {
        unit: "bytes",
        ..definition("taken", Kind::Gauge)
    };
    assert!(message(check([gauge, taken], &naming)).contains("units differ"));
}

#[test]
fn renames_must_name_a_metric_and_give_a_legal_name() {
    let jobs = counter("jobs_total");
    let level = definition("level", Kind::Gauge);
    for (naming, says) in [
        (renaming("shop", "other_total", "x_total"), "no such metric"),
        (renaming("sho", "jobs_total", "x_total"), "no such metric"),
        (renaming("shop", "jobs_total", "1x_total"), "no legal name"),
        (renaming("shop", "jobs_total", "jobs"), "write `jobs_total`"),
        (renaming("shop", "level", "level_total"), "only counters"),
    ] {
        let message = message(check([jobs, level], &naming));
        assert!(message.contains(says), "{message}");
    }
    assert!(check([jobs], &renaming("shop::parser", "jobs_total", "x_total")).is_ok());
}

#[test]
fn what_is_switched_must_exist_and_the_nearest_is_named() {
    let names = ["jobs_total", "function_calls_total", "queue_length"];
    let metrics = Layout::new(names.map(counter)).metrics;
    let catalogue = Catalogue {
        metrics,
        ..Catalogue::default()
    };
    for names in ["jobs_total", "function_*", "*"] {
        assert!(switch(&catalogue, names).is_ok(), "{names}");
    }
    for (names, nearest) in [
        ("job_total", "jobs_total"),
        ("queue_lenght", "queue_length"),
        ("funktion_*", "function_calls_total"),
        ("jobs", "jobs_total"),
    ] {
        let message = message(switch(&catalogue, names));
        assert!(
            message.contains(&format!("the nearest is `{nearest}`")),
            "{message}"
        );
    }
    assert!(switch(&Catalogue::default(), "jobs_total").is_ok());
}

#[test]
fn labels_must_be_legal_and_free() {
    let jobs = Definition {
        literals: &[("kind", "x")],
        ..counter("jobs_total")
    };
    let label = |keys: &[&str]| {
        let constant = keys.iter().map(|key| ((*key).to_owned(), "v".to_owned()));
        let naming = Naming {
            constant: constant.collect(),
            ..Naming::default()
        };
        check([jobs], &naming)
    };
    assert!(label(&["zone", "_private", "version2"]).is_ok());
    for (keys, says) in [
        (&["a-b"][..], "use letters"),
        (&[""], "use letters"),
        (&["2nd"], "use letters"),
        (&["component"], "entering a component"),
        (&["le"], "Prometheus uses it"),
        (&["quantile"], "Prometheus uses it"),
        (&["__name__"], "Prometheus's own"),
        (&["zone", "zone"], "given twice"),
        (&["kind"], "jobs_total` at src/somewhere.rs:7"),
    ] {
        let message = message(label(keys));
        assert!(message.contains(says), "{message}");
    }
}
