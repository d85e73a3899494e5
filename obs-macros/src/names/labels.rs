//! The rules for the names of labels.

use super::correct::letter_first;
use super::words;

/// What is wrong with a label's name, if anything, on a metric called `metric`.
pub(crate) fn label_fault(label: &str, metric: &str) -> Option<String> {
    match label {
        "component" => {
            let why = "set by the component that is entered (`component.enter()`), not by a label";
            return Some(format!(
                "`component` is {why}: leave it out or choose another name"
            ));
        }
        "le" => {
            return Some("`le` is the label of histogram buckets: choose another name".to_owned());
        }
        "quantile" => {
            return Some("`quantile` is the label of summaries: choose another name".to_owned());
        }
        _ => {}
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
