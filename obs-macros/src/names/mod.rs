//! Prometheus's naming rules: what is wrong with the name of a metric or a label, and the name to write instead.

/// The name to write instead.
mod correct;

/// The rules for labels.
mod labels;

/// The rules that always hold.
mod legal;

#[cfg(test)]
mod tests;

pub(crate) use correct::corrected;
pub(crate) use labels::{label_fault, label_illegal};
pub(crate) use legal::{illegal, legal};

use crate::metric::Kind;
use crate::units;

/// Prefixes of the metrics that obs exports about itself and its process.
const RESERVED_PREFIXES: &[&str] = &["obs", "process"];

/// Endings that the expositions add themselves, and so must not be in a name.
const RESERVED_ENDINGS: &[&str] = &["count", "sum", "bucket", "created", "info"];

const TYPE_WORDS: &[&str] = &["counter", "gauge", "histogram", "summary"];

/// What is wrong with `name`: one message for each broken rule, each with the name to write.
///
/// `inside_obs` allows the prefixes that are reserved for obs.
pub(crate) fn faults(name: &str, kind: Kind, inside_obs: bool) -> Vec<String> {
    if name.is_empty() {
        return vec![format!(
            "the name is empty: write what is measured, like `{}`",
            kind.example()
        )];
    }
    let corrected = corrected(name, kind, inside_obs);
    let broken = broken_rules(name, kind, inside_obs);
    advise(broken, &corrected)
}

/// The same for the name of an info metric, which ends in `_info`; and the name to write.
pub(crate) fn faults_of_info(name: &str, inside_obs: bool) -> (Vec<String>, String) {
    let stem = name.strip_suffix("_info");
    let corrected = corrected(stem.unwrap_or(name), Kind::Gauge, inside_obs) + "_info";
    let mut broken = broken_rules(stem.unwrap_or(name), Kind::Gauge, inside_obs);
    if stem.is_none() {
        broken.push("names of info metrics end in `_info`".to_owned());
    }
    (advise(broken, &corrected), corrected)
}

fn broken_rules(name: &str, kind: Kind, inside_obs: bool) -> Vec<String> {
    let mut broken = shape_faults(name);
    broken.extend(word_faults(&words(name), kind, inside_obs));
    broken
}

fn advise(broken: Vec<String>, corrected: &str) -> Vec<String> {
    let broken = broken.iter();
    broken
        .map(|rule| format!("{rule}: write `{corrected}`"))
        .collect()
}

/// The rules about characters.
fn shape_faults(name: &str) -> Vec<String> {
    let illegal = name
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !"_:".contains(*c));
    let broken = [
        (
            name.contains(':'),
            "colons are for recording rules".to_owned(),
        ),
        (
            illegal.is_some(),
            format!(
                "`{}` is not allowed in a metric name",
                illegal.unwrap_or_default()
            ),
        ),
        (
            name.chars().any(|c| c.is_ascii_uppercase()),
            "metric names are snake_case".to_owned(),
        ),
        (
            name.starts_with(|c: char| c.is_ascii_digit()),
            "metric names start with a letter".to_owned(),
        ),
        (
            name.starts_with('_'),
            "metric names do not start with `_`".to_owned(),
        ),
        (
            name.ends_with('_'),
            "metric names do not end with `_`".to_owned(),
        ),
        (
            name.trim_matches('_').contains("__"),
            "metric names have one `_` between words".to_owned(),
        ),
    ];
    broken
        .into_iter()
        .filter(|(is_broken, _)| *is_broken)
        .map(|(_, rule)| rule)
        .collect()
}

/// The rules about words.
fn word_faults(words: &[String], kind: Kind, inside_obs: bool) -> Vec<String> {
    let mut broken = Vec::new();
    if let Some(prefix) = reserved_prefix(words).filter(|_| !inside_obs) {
        broken.push(format!("names that start with `{prefix}_` belong to obs"));
    }
    if let Some(word) = without_total(words).last()
        && let Some(base) = units::base_of(word)
    {
        broken.push(format!("`{word}` is not a base unit, `{base}` is"));
    }
    broken.extend(unit_faults(words));
    if let Some(word) = words
        .iter()
        .skip(1)
        .find(|word| TYPE_WORDS.contains(&word.as_str()))
    {
        broken.push(format!("names do not say the metric type (`_{word}`)"));
    }
    let stem = without_total(words);
    if let Some(word) = stem
        .last()
        .filter(|word| RESERVED_ENDINGS.contains(&word.as_str()))
    {
        broken.push(format!(
            "the ending `_{word}` is reserved for what an exposition adds"
        ));
    }
    match kind {
        Kind::Counter if stem.len() == words.len() => {
            broken.push("counter names end in `_total`".to_owned())
        }
        Kind::Gauge | Kind::Histogram | Kind::Summary if stem.len() < words.len() => {
            broken.push(format!(
                "only counter names end in `_total`, this is a {}",
                kind.word()
            ));
        }
        _ => {}
    }
    broken
}

/// The rules about the plural and the place of units.
fn unit_faults(words: &[String]) -> Option<String> {
    let stem = without_total(words);
    if is_rate(stem) {
        return Some("rates are computed when queried, from what is counted".to_owned());
    }
    let (last, before) = stem.split_last()?;
    if let Some(plural) = units::plural_of(last) {
        let number = if plural == "ratio" {
            "singular"
        } else {
            "plural"
        };
        return Some(format!("the unit is a {number} (`_{plural}`)"));
    }
    let misplaced = before.iter().find(|word| units::has_place(word))?;
    Some(format!(
        "the unit (`{misplaced}`) comes last, or right before `_total`"
    ))
}

fn reserved_prefix(words: &[String]) -> Option<&String> {
    words
        .first()
        .filter(|word| words.len() > 1 && RESERVED_PREFIXES.contains(&word.as_str()))
}

fn without_total(words: &[String]) -> &[String] {
    match words.split_last() {
        Some((last, rest)) if last == "total" => rest,
        _ => words,
    }
}

/// `jobs_per_second`.
fn is_rate(stem: &[String]) -> bool {
    matches!(stem, [_, .., per, unit] if per == "per" && matches!(unit.as_str(), "second" | "seconds"))
}

/// The words of a name, in lower case, whatever stands between them.
fn words(name: &str) -> Vec<String> {
    let snake = snake_case(name);
    let words = snake.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `TimedOut` → `timed_out`, `HTTPError` → `http_error`.
pub(crate) fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let after_lower = before.is_some_and(|before| !before.is_uppercase() && before != '_');
        let ends_acronym = before.is_some_and(char::is_uppercase)
            && chars.get(at + 1).is_some_and(|after| after.is_lowercase());
        if c.is_uppercase() && (after_lower || ends_acronym) {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
