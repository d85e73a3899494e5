//! What is said of a span, a trace and a path in few words: one place for the pages and for what prints.

use obs_runtime::api::traces::{
    AttributeValue, ByClass, Class, Edge, Missing, Span, Standing, Status,
};

use crate::format::{nanoseconds, share};
use crate::text::printable;

/// How a span went, if that is worth a word.
pub(crate) fn trouble(status: Status, open: bool) -> Option<&'static str> {
    match status {
        Status::Error => Some("ERROR"),
        Status::Panicked => Some("PANIC"),
        Status::Cancelled => Some("CANCELLED"),
        _ if open => Some("OPEN"),
        _ => None,
    }
}

/// How a span hangs on what is above it, where that is not as usual.
pub(crate) fn hanging(span: &Span) -> Option<&'static str> {
    match (span.edge, span.standing) {
        _ if span.orphan => Some("orphan"),
        (Edge::Queue, _) => Some("queue"),
        (Edge::Detached, _) => Some("detached"),
        (_, Standing::Outlives) => Some("outlives"),
        (_, Standing::Outside) => Some("outside"),
        (_, Standing::OtherRoot) if span.above.is_none() => Some("other root"),
        (_, Standing::Duplicate) => Some("duplicate"),
        _ => None,
    }
}

/// An operation with its component in front: `wallet/storage.put`.
pub(crate) fn operation(operation: &str, component: Option<&str>) -> String {
    match component {
        Some(component) => printable(&format!("{component}/{operation}")),
        None => printable(operation),
    }
}

/// Times by what they went to, the longest first: `run 140ms (77%), queue 39.6ms (22%)`.
pub(crate) fn classes(times: &ByClass) -> String {
    let all = times.sum_ns();
    let mut classes: Vec<(Class, u64)> = Class::ALL
        .into_iter()
        .map(|class| (class, times.of(class)))
        .filter(|(_, ns)| *ns > 0)
        .collect();
    classes.sort_by_key(|(_, ns)| std::cmp::Reverse(*ns));
    let told = classes.iter().map(|(class, ns)| {
        let part = share(*ns as f64 / all as f64);
        format!("{class} {} ({part})", nanoseconds(*ns))
    });
    told.collect::<Vec<_>>().join(", ")
}

/// What of a trace is missing; none where nothing is.
pub(crate) fn missing(missing: &Missing) -> Option<String> {
    let counted = |count: u64, one: &str, many: &str| {
        (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
    };
    let told = [
        missing
            .ring_full
            .then(|| "records that were dropped (a ring was full)".to_owned()),
        counted(
            missing.spans_over_limit,
            "span over the limit",
            "spans over the limit",
        ),
        counted(
            missing.orphans,
            "parent that never came",
            "parents that never came",
        ),
        counted(missing.open, "end of a span", "ends of spans"),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// An attribute as it is written: `rows=3`, `user="a b"`.
pub(crate) fn attribute(key: &str, value: &AttributeValue) -> String {
    let told = match value {
        AttributeValue::Text(text) if text.is_empty() || text.contains(char::is_whitespace) => {
            format!("{text:?}")
        }
        value => value.to_string(),
    };
    printable(&format!("{key}={told}"))
}

/// A time after another, with its sign: `+70.9ms`.
pub(crate) fn after(ns: i64) -> String {
    let sign = if ns < 0 { '-' } else { '+' };
    format!("{sign}{}", nanoseconds(ns.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_told_from_long_to_short() {
        let times = ByClass {
            run_ns: 25,
            queue_ns: 75,
            ..ByClass::default()
        };
        assert_eq!(classes(&times), "queue 75.0ns (75.0%), run 25.0ns (25.0%)");
        assert_eq!(classes(&ByClass::default()), "");
    }

    #[test]
    fn what_is_missing_is_told_if_something_is() {
        assert_eq!(missing(&Missing::default()), None);
        let some = Missing {
            orphans: 1,
            open: 2,
            duplicates: 7,
            ..Missing::default()
        };
        assert_eq!(
            missing(&some).as_deref(),
            Some("1 parent that never came, 2 ends of spans")
        );
    }

    #[test]
    fn attributes_stand_in_quotes_where_they_would_fall_apart() {
        let text = |text: &str| AttributeValue::Text(text.to_owned());
        assert_eq!(attribute("user", &text("ann")), "user=ann");
        assert_eq!(attribute("user", &text("ann b")), "user=\"ann b\"");
        assert_eq!(attribute("user", &text("")), "user=\"\"");
        assert_eq!(attribute("k", &text("\u{1b}[2J")), "k=\u{fffd}[2J");
        assert_eq!(attribute("rows", &AttributeValue::Int(-3)), "rows=-3");
    }

    #[test]
    fn times_after_have_a_sign() {
        assert_eq!(
            [after(5), after(-5_000), after(0)],
            ["+5.00ns", "-5.00µs", "+0s"]
        );
    }
}
