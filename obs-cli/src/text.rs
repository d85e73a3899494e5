//! Text of others, made safe to print: what comes from a process must not steer the terminal.

use obs_runtime::api::{Kind, Series};

/// A text without control characters and without those that turn the direction of writing.
pub(crate) fn printable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .collect()
}

/// The labels of a series as the exposition writes them, `component` first: `{component="a",outcome="ok"}`; nothing
/// without labels.
pub(crate) fn labels(series: &Series) -> String {
    let component = series
        .component
        .iter()
        .map(|name| ("component", name.as_str()));
    let own = series
        .labels
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    let pairs: Vec<String> = component
        .chain(own)
        .map(|(key, value)| format!("{}=\"{}\"", printable(key), escaped(value)))
        .collect();
    if pairs.is_empty() {
        return String::new();
    }
    format!("{{{}}}", pairs.join(","))
}

/// A kind in one word.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
        Kind::Summary => "summary",
        Kind::StateSet => "stateset",
        Kind::Info => "info",
        _ => "unknown",
    }
}

fn escaped(value: &str) -> String {
    let value = value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    printable(&value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use obs_runtime::api::Value;

    #[test]
    fn names_cannot_steer_the_terminal() {
        assert_eq!(
            printable("a\u{1b}[2Jb\n\u{202e}c"),
            "a\u{fffd}[2Jb\u{fffd}\u{fffd}c"
        );
    }

    #[test]
    fn labels_are_written_as_in_the_exposition() {
        let mut series = Series {
            component: Some("a \"b\"".to_owned()),
            labels: vec![("path".to_owned(), "c:\\\n\u{1b}".to_owned())],
            value: Value::Counter(1.0),
        };
        assert_eq!(
            labels(&series),
            "{component=\"a \\\"b\\\"\",path=\"c:\\\\\\n\u{fffd}\"}"
        );
        (series.component, series.labels) = (None, Vec::new());
        assert_eq!(labels(&series), "");
    }
}
