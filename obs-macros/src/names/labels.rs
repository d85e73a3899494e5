//! The rules for the names of labels.

use super::correct::letter_first;
use super::words;

/// What is wrong with a label's name, if anything, on a metric called `metric`.
pub(crate) fn label_fault(label: &str, metric: &str) -> Option<String> {
    if let Some(fault) = reserved(label) {
        return Some(fault);
    }
    let mut snake = words(label);
    letter_first(&mut snake);
    let snake = match snake.is_empty() {
        true => "name".to_owned(),
        false => snake.join("_"),
    };
    if label.starts_with("__") {
        return Some(format!(
            "labels that start with `__` are reserved for Prometheus: write `{snake}`"
        ));
    }
    if label != snake {
        return Some(format!("label names are snake_case: write `{snake}`"));
    }
    let (named, stem) = (
        format!("_by_{label}"),
        metric.strip_suffix("_total").unwrap_or(metric),
    );
    if let Some(start) = stem.strip_suffix(&named) {
        let metric = metric.replacen(&format!("{start}{named}"), start, 1);
        return Some(format!(
            "`{label}` is a label, so the metric's name does not say it: write `{metric}`"
        ));
    }
    None
}

/// What makes a label's name illegal, if anything: that holds also where naming is relaxed.
pub(crate) fn label_illegal(label: &str) -> Option<String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if let Some(fault) = reserved(label) {
        return Some(fault);
    }
    if label.starts_with("__") {
        let rest = label.trim_start_matches('_');
        return Some(format!(
            "labels that start with `__` are reserved for Prometheus: write `{rest}`"
        ));
    }
    let c = label.chars().find(|c| !legal(*c))?;
    Some(format!(
        "`{c}` is not allowed in the name of a label: use letters, digits and `_`"
    ))
}

fn reserved(label: &str) -> Option<String> {
    match label {
        "component" => {
            let why = "set by the component that is entered (`component.enter()`), not by a label";
            Some(format!(
                "`component` is {why}: leave it out or choose another name"
            ))
        }
        "le" => Some("`le` is the label of histogram buckets: choose another name".to_owned()),
        "quantile" => Some("`quantile` is the label of summaries: choose another name".to_owned()),
        _ => None,
    }
}
