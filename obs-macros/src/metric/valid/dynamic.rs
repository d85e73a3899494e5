//! Labels whose values are any text: `dynamic(…)`, `info(…)`, and how many combinations there may be.

use super::super::model::Kind;
use super::super::parse::{Dynamic, Written};
use crate::faults::Faults;
use crate::names;
use proc_macro2::Ident;
use syn::ext::IdentExt;

/// The number of dynamic labels that a metric can have.
const MAX_DYNAMIC_LABELS: usize = 8;

/// More combinations than this are no labels.
const MOST_SERIES: u32 = 1_000_000;

/// Whether it is a gauge that says what a component is.
pub(super) fn is_info(written: &Written) -> bool {
    let dynamic = written.dynamic.as_ref();
    let plain = written.states.is_none() && written.observed.is_none();
    plain && dynamic.is_some_and(|dynamic| dynamic.keyword == "info")
}

/// The names of the dynamic labels. `taken` are those of the other labels.
pub(super) fn labels(
    written: &Written,
    kind: Kind,
    taken: &[&str],
    name: &str,
    faults: &mut Faults,
) -> Vec<String> {
    let Some(dynamic) = &written.dynamic else {
        return Vec::new();
    };
    if kind == Kind::Gauge && written.states.is_some() || written.observed.is_some() {
        // Faulty there.
        return Vec::new();
    }
    if is_info(written) {
        info(written, kind, dynamic, faults);
    }
    if let Some(beyond) = dynamic.keys.get(MAX_DYNAMIC_LABELS) {
        faults.at(
            beyond,
            "a metric has at most eight dynamic labels: leave one out",
        );
    }
    let mut keys: Vec<String> = Vec::new();
    for key in dynamic.keys.iter().take(MAX_DYNAMIC_LABELS) {
        let text = key.unraw().to_string();
        let broken = match written.relaxed {
            true => names::label_illegal(&text),
            false => names::label_fault(&text, name),
        };
        let fault = broken.or_else(|| {
            let twice = taken.contains(&text.as_str()) || keys.contains(&text);
            twice.then(|| format!("the label `{text}` is given twice: leave one out"))
        });
        // Mended, so that as many values go with it as are written.
        keys.push(match &fault {
            Some(_) => format!("label_{}", keys.len()),
            None => text,
        });
        if let Some(fault) = fault {
            faults.at(key, fault);
        }
    }
    keys
}

fn info(written: &Written, kind: Kind, dynamic: &Dynamic, faults: &mut Faults) {
    if kind != Kind::Gauge {
        let how = format!(
            "a {} has no `info`: use `gauge!`, or `dynamic` for labels with any text",
            kind.word()
        );
        faults.at(&dynamic.keyword, how);
    }
    let by_enum = |label: &&super::super::parse::Label| {
        matches!(label.value, super::super::parse::LabelValue::Enum(_))
    };
    if let Some(label) = written.labels.iter().find(by_enum) {
        faults.at(
            &label.key,
            "an info metric's labels are texts: name this one in `info(…)`",
        );
    }
    let alone: [Option<&Ident>; 2] = [
        written.integer.as_ref(),
        written.max_series.as_ref().map(|(keyword, _)| keyword),
    ];
    for keyword in alone.into_iter().flatten() {
        faults.at(
            keyword,
            format!("an info metric is always 1, with one set of labels: leave `{keyword}` out"),
        );
    }
}

/// How many combinations of dynamic labels there may be, where it is said.
pub(super) fn max_series(written: &Written, faults: &mut Faults) -> Option<u32> {
    let (keyword, literal) = written.max_series.as_ref()?;
    if written.dynamic.is_none() {
        let how = "only dynamic labels have a limit: leave `max_series` out, or name labels in `dynamic(…)`";
        faults.at(keyword, how);
        return None;
    }
    match literal.base10_parse() {
        Ok(most @ 1..=MOST_SERIES) => Some(most),
        _ => {
            faults.at(
                literal,
                "`max_series` is a number from 1 to 1,000,000: write `max_series = 2000`",
            );
            None
        }
    }
}
