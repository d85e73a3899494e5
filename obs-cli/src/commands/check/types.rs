//! The types of families in either format, and the samples that each may have.

use crate::args::FormatName;

/// What a family is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Counter,
    Gauge,
    Histogram,
    GaugeHistogram,
    Summary,
    StateSet,
    Info,
    /// `untyped` in text, `unknown` in OpenMetrics; also what has no type at all.
    Unknown,
}

/// Every suffix that has a meaning in one of the types.
const SUFFIXES: [&str; 8] = [
    "_total", "_created", "_bucket", "_sum", "_count", "_gcount", "_gsum", "_info",
];

impl Type {
    /// The type of this name.
    pub(super) fn named(name: &str, format: FormatName) -> Option<Type> {
        let strict = format == FormatName::OpenMetrics;
        Some(match name {
            "counter" => Type::Counter,
            "gauge" => Type::Gauge,
            "histogram" => Type::Histogram,
            "summary" => Type::Summary,
            "untyped" if !strict => Type::Unknown,
            "unknown" if strict => Type::Unknown,
            "gaugehistogram" if strict => Type::GaugeHistogram,
            "stateset" if strict => Type::StateSet,
            "info" if strict => Type::Info,
            _ => return None,
        })
    }

    /// What a sample's name may have behind the family's.
    pub(super) fn suffixes(self, format: FormatName) -> &'static [&'static str] {
        match (self, format) {
            (Type::Counter, FormatName::OpenMetrics) => &["_total", "_created"],
            (Type::Histogram, FormatName::OpenMetrics) => {
                &["_bucket", "_sum", "_count", "_created"]
            }
            (Type::Histogram, FormatName::Text) => &["_bucket", "_sum", "_count"],
            (Type::Summary, FormatName::OpenMetrics) => &["", "_sum", "_count", "_created"],
            (Type::Summary, FormatName::Text) => &["", "_sum", "_count"],
            (Type::GaugeHistogram, _) => &["_bucket", "_gcount", "_gsum"],
            (Type::Info, _) => &["_info"],
            (Type::Counter | Type::Gauge | Type::StateSet | Type::Unknown, _) => &[""],
        }
    }
}

/// The part of a sample's name behind the family's, if it is a suffix with a meaning, or nothing.
pub(super) fn suffix<'a>(sample: &'a str, family: &str) -> Option<&'a str> {
    let rest = sample.strip_prefix(family)?;
    (rest.is_empty() || SUFFIXES.contains(&rest)).then_some(rest)
}
