//! Names that tell the wrong thing, or nothing: what promtool asks for, and units in full.

use super::finding::{Fault, fault};
use super::types::Type;
use crate::args::FormatName;

/// Units that are none of Prometheus's base units, and what to use.
const UNITS: [(&str, &str); 28] = [
    ("ns", "seconds"),
    ("us", "seconds"),
    ("ms", "seconds"),
    ("sec", "seconds"),
    ("secs", "seconds"),
    ("second", "seconds"),
    ("nanoseconds", "seconds"),
    ("microseconds", "seconds"),
    ("milliseconds", "seconds"),
    ("minutes", "seconds"),
    ("hours", "seconds"),
    ("days", "seconds"),
    ("byte", "bytes"),
    ("kb", "bytes"),
    ("mb", "bytes"),
    ("gb", "bytes"),
    ("kib", "bytes"),
    ("mib", "bytes"),
    ("kilobytes", "bytes"),
    ("megabytes", "bytes"),
    ("gigabytes", "bytes"),
    ("bits", "bytes"),
    ("percent", "ratio"),
    ("fahrenheit", "celsius"),
    ("kelvin", "celsius"),
    ("milligrams", "grams"),
    ("kilograms", "grams"),
    ("kilometers", "meters"),
];

/// Types, which a name should not tell.
const TYPES: [&str; 5] = ["counter", "gauge", "histogram", "summary", "untyped"];

/// What is wrong with a family's name.
pub(super) fn faults(family: &str, kind: Type, format: FormatName) -> Vec<Fault> {
    let mut faults = Vec::new();
    let words: Vec<&str> = family.split('_').collect();
    if let Some((unit, base)) = UNITS.iter().find(|(unit, _)| words.contains(unit)) {
        faults.push(fault(
            "unit",
            format!("`{family}` is in {unit}, where Prometheus has {base}"),
            "convert the values and name the base unit",
        ));
    }
    if let Some(told) = TYPES.iter().find(|name| words.contains(name)) {
        faults.push(fault(
            "type-in-name",
            format!("`{family}` has the type `{told}` in its name"),
            "leave it out of the name: the type has a line of its own",
        ));
    }
    if family.contains(':') {
        faults.push(fault(
            "colon",
            format!("`{family}` has a colon"),
            "use `_`: colons are for the results of recording rules",
        ));
    }
    if has_camel_case(family) {
        faults.push(fault(
            "camel-case",
            format!("`{family}` is not in snake_case"),
            "write words in lower case with `_` between them",
        ));
    }
    let ends_in_total = family.ends_with("_total");
    match (kind, format) {
        (Type::Counter, FormatName::Text) if !ends_in_total => faults.push(fault(
            "total",
            format!("the counter `{family}` does not end in `_total`"),
            "add `_total` to the name",
        )),
        (Type::Counter, FormatName::OpenMetrics) if ends_in_total => faults.push(fault(
            "total",
            format!("the family `{family}` ends in `_total`"),
            "leave `_total` out of HELP and TYPE: OpenMetrics has it in the samples alone",
        )),
        (Type::Counter | Type::Unknown, _) => {}
        _ if ends_in_total => faults.push(fault(
            "total",
            format!("`{family}` ends in `_total` and is no counter"),
            "leave `_total` out, or make it a counter",
        )),
        _ => {}
    }
    faults
}

fn has_camel_case(name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    letters
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
}
