//! The names that a metric takes in the exposition: that of its family, and those of its series.

use obs::catalogue::Kind;

/// The names of a metric's series, and of its family in the text format.
pub(crate) fn series(name: &str, kind: Kind) -> Vec<String> {
    let suffixes: &[&str] = match kind {
        Kind::Histogram => &["", "_bucket", "_sum", "_count"],
        Kind::Summary => &["", "_sum", "_count"],
        _ => &[""],
    };
    let names = suffixes.iter().map(|suffix| format!("{name}{suffix}"));
    names.collect()
}

/// What a metric's family is called in OpenMetrics, where that is not its name: a counter's without `_total`, an info's
/// without `_info`.
pub(crate) fn stem(name: &str, kind: Kind) -> Option<&str> {
    let suffix = match kind {
        Kind::Counter => "_total",
        Kind::Info => "_info",
        _ => return None,
    };
    name.strip_suffix(suffix).filter(|stem| !stem.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_take_names_of_their_parts() {
        assert_eq!(series("a", Kind::Gauge), ["a"]);
        assert_eq!(series("a", Kind::Summary), ["a", "a_sum", "a_count"]);
        let histogram = ["a", "a_bucket", "a_sum", "a_count"];
        assert_eq!(series("a", Kind::Histogram), histogram);
    }

    #[test]
    fn only_counters_and_infos_have_a_stem() {
        assert_eq!(stem("a_total", Kind::Counter), Some("a"));
        assert_eq!(stem("a_info", Kind::Info), Some("a"));
        for (name, kind) in [
            ("a", Kind::Counter),
            ("a_total", Kind::Gauge),
            ("a_info", Kind::Counter),
            ("_total", Kind::Counter),
        ] {
            assert_eq!(stem(name, kind), None, "{name}");
        }
    }
}
