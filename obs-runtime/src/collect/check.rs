//! What must be right before the first merge: names, labels and definitions that fit into one exposition.

use std::collections::HashMap;

use obs::catalogue::{self, Catalogue, Definition, Kind};

use crate::Error;
use crate::model::family::{Naming, Rename};

/// Checks everything that the builder and the binary bring.
pub(crate) fn start(catalogue: &Catalogue, naming: &Naming) -> Result<(), Error> {
    let definitions: Vec<_> = catalogue
        .metrics
        .iter()
        .map(|metric| metric.definition)
        .collect();
    for (index, (key, _)) in naming.constant.iter().enumerate() {
        let earlier = &naming.constant[..index];
        label(key, earlier, &definitions).map_err(|reason| Error::Label {
            key: key.clone(),
            reason,
        })?;
    }
    for wanted in &naming.renames {
        rename(wanted, &definitions).map_err(|reason| Error::Rename {
            module: wanted.module.clone(),
            name: wanted.name.clone(),
            reason,
        })?;
    }
    conflicts(&definitions, naming)
}

/// Checks that there are metrics to be switched. Where obs is compiled out there are none at all, and nothing to check.
pub(crate) fn switch(catalogue: &Catalogue, names: &str) -> Result<(), Error> {
    let metrics = catalogue.metrics.iter();
    let known: Vec<&'static str> = metrics.map(|metric| metric.definition.name).collect();
    if known.iter().any(|name| catalogue::means(names, name)) {
        return Ok(());
    }
    let wanted = names.trim_end_matches('*');
    let distance = |name: &&&'static str| {
        let beginning = name.get(..wanted.len()).filter(|_| wanted != names);
        strsim::osa_distance(beginning.unwrap_or(name), wanted)
    };
    match known.iter().min_by_key(distance) {
        Some(nearest) => Err(Error::NoSuchMetric {
            names: names.to_owned(),
            nearest,
        }),
        None => Ok(()),
    }
}

fn label(
    key: &str,
    earlier: &[(String, String)],
    definitions: &[&'static Definition],
) -> Result<(), String> {
    if !is_label_name(key) {
        return Err("use letters, digits and underscores, and begin with a letter".to_owned());
    }
    match key {
        "component" => return Err("it is set by entering a component".to_owned()),
        "le" | "quantile" => {
            return Err("Prometheus uses it inside histograms and summaries".to_owned());
        }
        _ if key.starts_with("__") => {
            return Err("names that begin with __ are Prometheus's own".to_owned());
        }
        _ if earlier.iter().any(|(other, _)| other == key) => {
            return Err("it is given twice".to_owned());
        }
        _ => {}
    }
    let owner = definitions
        .iter()
        .find(|definition| has_label(definition, key));
    owner.map_or(Ok(()), |owner| {
        Err(format!(
            "metric `{}` at {}:{} has a label of that name: choose another",
            owner.name, owner.file, owner.line
        ))
    })
}

fn has_label(definition: &Definition, key: &str) -> bool {
    let literal = definition.literals.iter().any(|(name, _)| *name == key);
    literal
        || definition.dynamic.contains(&key)
        || definition.keys.iter().any(|other| other.name == key)
}

fn rename(rename: &Rename, definitions: &[&'static Definition]) -> Result<(), String> {
    let Some(definition) = definitions
        .iter()
        .find(|definition| rename.means(definition))
    else {
        return Err("no such metric is linked into this binary".to_owned());
    };
    let new = &rename.new_name;
    if !is_label_name(new) {
        return Err(format!(
            "`{new}` is no legal name: use letters, digits and underscores"
        ));
    }
    match (definition.kind, new.ends_with("_total")) {
        (Kind::Counter, false) => Err(format!("counter names end in _total: write `{new}_total`")),
        (kind, true) if kind != Kind::Counter => Err(format!(
            "only counters end in _total, which `{}` is not",
            definition.name
        )),
        _ => Ok(()),
    }
}

/// Metric names may hold colons besides, which are for recording rules: obs has none.
fn is_label_name(name: &str) -> bool {
    let legal = |character: char| character.is_ascii_alphanumeric() || character == '_';
    name.chars().all(legal)
        && !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// Looks for definitions whose series or families would be mistaken for each other, in either format.
fn conflicts(definitions: &[&'static Definition], naming: &Naming) -> Result<(), Error> {
    let mut taken: HashMap<String, Vec<(&str, &'static Definition)>> = HashMap::new();
    for definition in definitions {
        let exported = naming.name_of(definition);
        for name in names_taken(exported, definition.kind) {
            let others = taken.entry(name).or_default();
            for (other_exported, other) in others.iter() {
                let reason = if *other_exported != exported || same_series(other, definition) {
                    Some("one's series would be taken for the other's".to_owned())
                } else {
                    other
                        .difference(definition)
                        .map(|difference| difference.to_string())
                };
                if let Some(reason) = reason {
                    return Err(Error::Conflict {
                        first: other,
                        second: definition,
                        reason,
                    });
                }
            }
            others.push((exported, definition));
        }
    }
    Ok(())
}

/// Whether two metrics that agree would make the same series under one name.
fn same_series(first: &Definition, second: &Definition) -> bool {
    first.difference(second).is_none() && first.same_literals(second)
}

/// The names of families and series that a metric takes in the exposition.
fn names_taken(name: &str, kind: Kind) -> Vec<String> {
    let suffixes: &[&str] = match kind {
        Kind::Histogram => &["_bucket", "_sum", "_count"],
        Kind::Summary => &["_sum", "_count"],
        _ => &[],
    };
    let mut names: Vec<String> = suffixes
        .iter()
        .map(|suffix| format!("{name}{suffix}"))
        .collect();
    names.push(name.to_owned());
    // In OpenMetrics the family of `jobs_total` is called `jobs`, and the sample of `jobs` is called `jobs_total`.
    if kind == Kind::Counter {
        names.push(match name.strip_suffix("_total") {
            Some(family) => family.to_owned(),
            None => format!("{name}_total"),
        });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{Layout, definition, key};
    use obs::catalogue::Scope;

    type Change = fn(&mut Definition);

    fn check(
        definitions: impl IntoIterator<Item = Definition>,
        naming: &Naming,
    ) -> Result<(), Error> {
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
}
