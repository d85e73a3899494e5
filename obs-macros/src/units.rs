//! Units in metric names: Prometheus wants base units, in the plural, spelled out.

/// The base units, as the last word of a name says them.
const BASE: &[&str] = &[
    "seconds", "bytes", "ratio", "celsius", "kelvin", "meters", "grams", "joules", "volts",
    "amperes", "hertz",
];

/// The units obs knows by the name alone; others are said with `unit = "…"`.
const INFERRED: &[&str] = &["seconds", "bytes", "ratio"];

const SINGULAR: &[(&str, &str)] = &[
    ("second", "seconds"),
    ("byte", "bytes"),
    ("ratios", "ratio"),
    ("meter", "meters"),
    ("gram", "grams"),
    ("joule", "joules"),
    ("volt", "volts"),
    ("ampere", "amperes"),
];

const PREFIXES: &[&str] = &[
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

const NOT_BASE: &[(&str, &[&str])] = &[
    (
        "seconds",
        &[
            "s", "ms", "us", "ns", "sec", "secs", "msec", "msecs", "usec", "usecs", "nsec",
            "nsecs", "millis", "micros", "nanos", "m", "mins", "minute", "minutes", "h", "hrs",
            "hour", "hours", "d", "day", "days", "week", "weeks",
        ],
    ),
    (
        "bytes",
        &[
            "b", "kb", "mb", "gb", "tb", "pb", "kib", "mib", "gib", "tib", "pib", "bit", "bits",
            "kilobits", "megabits",
        ],
    ),
    ("ratio", &["percent", "percents", "percentage", "pct"]),
    ("celsius", &["fahrenheit", "rankine"]),
    ("kelvin", &["kelvins"]),
    (
        "meters",
        &["inch", "inches", "yard", "yards", "mile", "miles"],
    ),
    ("joules", &["calorie", "calories"]),
    ("grams", &["pound", "pounds", "ounce", "ounces"]),
];

/// The base unit to write instead of `word`, if `word` is a unit that is not a base unit.
pub(crate) fn base_of(word: &str) -> Option<&'static str> {
    let listed = NOT_BASE.iter().find(|(_, words)| words.contains(&word));
    listed.map(|(base, _)| *base).or_else(|| prefixed(word))
}

/// `milliseconds`, `kilobyte`: a prefix before a base unit.
fn prefixed(word: &str) -> Option<&'static str> {
    let rest = PREFIXES
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))?;
    let rest = plural_of(rest).unwrap_or(rest);
    BASE.iter().find(|base| **base == rest).copied()
}

/// The plural (for a ratio: the singular) to write instead of `word`.
pub(crate) fn plural_of(word: &str) -> Option<&'static str> {
    SINGULAR
        .iter()
        .find(|(singular, _)| *singular == word)
        .map(|(_, plural)| *plural)
}

/// Whether `word` is one of the units whose place, the end of the name, is checked.
pub(crate) fn has_place(word: &str) -> bool {
    INFERRED.contains(&word)
}

/// The unit that the end of `name` says, or the empty string.
pub(crate) fn of_name(name: &str) -> &'static str {
    let name = name.strip_suffix("_total").unwrap_or(name);
    let word = name.rsplit('_').next().unwrap_or(name);
    INFERRED
        .iter()
        .find(|unit| **unit == word)
        .copied()
        .unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_are_not_base_units_have_one() {
        for (word, base) in [
            ("ms", Some("seconds")),
            ("microseconds", Some("seconds")),
            ("hours", Some("seconds")),
            ("kilobyte", Some("bytes")),
            ("mib", Some("bytes")),
            ("pct", Some("ratio")),
            ("milliamperes", Some("amperes")),
            ("kilometer", Some("meters")),
            ("seconds", None),
            ("bytes", None),
            ("celsius", None),
            ("milligan", None),
            ("megaphones", None),
        ] {
            assert_eq!(base_of(word), base, "{word}");
        }
    }

    #[test]
    fn the_name_says_the_unit() {
        assert_eq!(of_name("cpu_seconds_total"), "seconds");
        assert_eq!(of_name("payload_bytes"), "bytes");
        assert_eq!(of_name("used_ratio"), "ratio");
        assert_eq!(of_name("jobs_total"), "");
        assert_eq!(of_name("water_celsius"), "");
    }
}
