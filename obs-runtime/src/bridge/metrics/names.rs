//! Names and labels as Prometheus has them: what is illegal becomes an underscore, as in `metrics-exporter-prometheus`.

use metrics::Key;

/// Labels that obs and Prometheus give to series; a label of the program's gets the prefix that Prometheus would give it.
const TAKEN: [&str; 3] = ["component", "le", "quantile"];
const PREFIX: &str = "exported_";

/// How Prometheus's own labels begin: a series with a second `__name__` makes it refuse all of a scrape.
const RESERVED: &str = "__";

/// Returns a legal metric name.
pub(super) fn metric(name: &str) -> String {
    legal(name, |character| character == ':')
}

/// Returns the labels of a key with legal names, each once, in the order of the names. One without a value is left out: to
/// Prometheus it is the same as one that is missing.
pub(super) fn labels(key: &Key) -> Vec<(String, String)> {
    let mut labels: Vec<(String, String)> = Vec::new();
    for label in key.labels().filter(|label| !label.value().is_empty()) {
        let mut name = legal(label.key(), |_| false);
        if TAKEN.contains(&name.as_str()) || name.starts_with(RESERVED) {
            name.insert_str(0, PREFIX);
        }
        while labels.iter().any(|(other, _)| *other == name) {
            name.push('_');
        }
        labels.push((name, label.value().to_owned()));
    }
    labels.sort_unstable();
    labels
}

fn legal(name: &str, also: impl Fn(char) -> bool) -> String {
    let legal = |(at, character): (usize, char)| {
        let digit = at > 0 && character.is_ascii_digit();
        match character {
            _ if digit || character.is_ascii_alphabetic() || character == '_' => character,
            _ if also(character) => character,
            _ => '_',
        }
    };
    let name: String = name.chars().enumerate().map(legal).collect();
    if name.is_empty() {
        "_".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics::Label;

    fn labelled(pairs: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
        let labels = pairs.iter().map(|(name, value)| Label::new(*name, *value));
        labels_of(labels.collect())
    }

    fn labels_of(labels: Vec<Label>) -> Vec<(String, String)> {
        super::labels(&Key::from_parts("name", labels))
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = pairs.iter();
        owned
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn what_is_illegal_becomes_an_underscore() {
        for (name, legal) in [
            ("*", "_"),
            ("foo.bar", "foo_bar"),
            ("1foobar", "_foobar"),
            ("123", "_23"),
            ("foo1:bar2", "foo1:bar2"),
            ("größe", "gr__e"),
            ("", "_"),
        ] {
            assert_eq!(metric(name), legal);
        }
        assert_eq!(labelled(&[("a:b", "c:d")]), pairs(&[("a_b", "c:d")]));
    }

    #[test]
    fn labels_are_in_order_and_each_there_once() {
        let given = [("b", "1"), ("a.x", "2"), ("a_x", "3"), ("empty", "")];
        let expected = [("a_x", "2"), ("a_x_", "3"), ("b", "1")];
        assert_eq!(labelled(&given), pairs(&expected));
    }

    #[test]
    fn labels_that_obs_gives_are_told_apart_from_those_of_the_program() {
        let given = [
            ("component", "x"),
            ("le", "y"),
            ("quantile", "z"),
            ("__name__", "n"),
            (".-", "p"),
        ];
        let expected = [
            ("exported___", "p"),
            ("exported___name__", "n"),
            ("exported_component", "x"),
            ("exported_le", "y"),
            ("exported_quantile", "z"),
        ];
        assert_eq!(labelled(&given), pairs(&expected));
    }
}
