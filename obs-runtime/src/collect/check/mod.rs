//! What must be right before the first merge: names, labels and definitions that fit into one exposition.

use std::collections::HashMap;

use obs::catalogue::{self, Catalogue, Definition, Kind};

use crate::Error;
use crate::model::family::{Naming, Rename};
use crate::model::taken;

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
    // What comes through a bridge may come at any time: its own labels stand, wherever they are met.
    let owner = definitions
        .iter()
        .find(|definition| !definition.mixed_labels && has_label(definition, key));
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

/// A name that a definition takes, and the name under which it is exported.
struct Taken<'a> {
    exported: &'a str,
    definition: &'static Definition,
    /// Whether it is the name of a family in OpenMetrics alone.
    is_stem: bool,
}

/// Looks for definitions whose series or families would be mistaken for each other, in either format.
fn conflicts(definitions: &[&'static Definition], naming: &Naming) -> Result<(), Error> {
    let mut taken: HashMap<String, Vec<Taken<'_>>> = HashMap::new();
    for definition in definitions {
        let exported = naming.name_of(definition);
        for (name, is_stem) in names_taken(exported, definition.kind) {
            let one = Taken {
                exported,
                definition,
                is_stem,
            };
            let others = taken.entry(name).or_default();
            for other in others.iter() {
                if let Some(reason) = conflict(other, &one) {
                    return Err(Error::Conflict {
                        first: other.definition,
                        second: definition,
                        reason,
                    });
                }
            }
            others.push(one);
        }
    }
    Ok(())
}

/// Why two metrics cannot both take a name.
fn conflict(first: &Taken<'_>, second: &Taken<'_>) -> Option<String> {
    let [one, other] = [first, second].map(|taken| taken.definition);
    if first.exported == second.exported && !same_series(one, other) {
        let difference = one.difference(other);
        return difference.map(|difference| difference.to_string());
    }
    // What comes through a bridge is not the program's to rename: there the exposition finds another name for the family.
    let is_settled = (first.is_stem || second.is_stem) && (one.mixed_labels || other.mixed_labels);
    (!is_settled).then(|| "one's series would be taken for the other's".to_owned())
}

/// Whether two metrics that agree would make the same series under one name.
fn same_series(first: &Definition, second: &Definition) -> bool {
    first.difference(second).is_none() && first.same_literals(second)
}

/// The names of families and series that a metric takes in the exposition, and whether each is one in OpenMetrics alone.
fn names_taken(name: &str, kind: Kind) -> Vec<(String, bool)> {
    let series = taken::series(name, kind).into_iter();
    let mut names: Vec<(String, bool)> = series.map(|name| (name, false)).collect();
    match taken::stem(name, kind) {
        Some(stem) => names.push((stem.to_owned(), true)),
        // A reader of OpenMetrics may look for the total of a counter `jobs`.
        None if kind == Kind::Counter => names.push((format!("{name}_total"), true)),
        None => {}
    }
    names
}

#[cfg(test)]
mod tests;
