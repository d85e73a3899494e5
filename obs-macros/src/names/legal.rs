//! The rules that hold also where naming is relaxed: what the expositions can write, and what is reserved.

use super::{RESERVED_ENDINGS, RESERVED_PREFIXES};
use crate::metric::Kind;

/// What makes `name` illegal: one message for each broken rule, each with the name to write.
pub(crate) fn illegal(name: &str, kind: Kind, inside_obs: bool) -> Vec<String> {
    if name.is_empty() {
        return vec![format!(
            "the name is empty: write what is measured, like `{}`",
            kind.example()
        )];
    }
    let mut broken = Vec::new();
    if let Some(c) = name.chars().find(|c| !is_legal(*c)) {
        broken.push(match c {
            ':' => "colons are for recording rules".to_owned(),
            _ => format!("`{c}` is not allowed in a metric name"),
        });
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        broken.push("metric names start with a letter".to_owned());
    }
    if let Some(prefix) = prefix(name).filter(|_| !inside_obs) {
        broken.push(format!("names that start with `{prefix}_` belong to obs"));
    }
    if let Some(ending) = ending(name) {
        broken.push(format!(
            "the ending `_{ending}` is reserved for what an exposition adds"
        ));
    }
    let legal = legal(name, kind, inside_obs);
    broken
        .iter()
        .map(|rule| format!("{rule}: write `{legal}`"))
        .collect()
}

/// The legal name that is nearest to `name`.
pub(crate) fn legal(name: &str, kind: Kind, inside_obs: bool) -> String {
    let mut name: String = name
        .chars()
        .map(|c| if is_legal(c) { c } else { '_' })
        .collect();
    while let Some(prefix) = prefix(&name).filter(|_| !inside_obs) {
        name = name[prefix.len() + 1..].to_owned();
    }
    while let Some(ending) = ending(&name) {
        name.truncate(name.len() - ending.len() - 1);
    }
    match name.chars().next() {
        None => kind.example().to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) => name,
    }
}

fn is_legal(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn prefix(name: &str) -> Option<&'static str> {
    let starts = |prefix: &&str| {
        name.strip_prefix(*prefix)
            .is_some_and(|rest| rest.starts_with('_'))
    };
    RESERVED_PREFIXES
        .iter()
        .find(|prefix| starts(prefix))
        .copied()
}

fn ending(name: &str) -> Option<&'static str> {
    let ends = |ending: &&str| {
        name.strip_suffix(*ending)
            .is_some_and(|rest| rest.ends_with('_'))
    };
    RESERVED_ENDINGS.iter().find(|ending| ends(ending)).copied()
}
