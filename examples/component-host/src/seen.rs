//! The same figures, as obs saw them.

use obs_runtime::api::{Snapshot, Value};

use crate::tally::{Figure, Figures};

/// A figure, its family, and the labels that its series must carry.
type Place = (
    Figure,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Where each figure stands in the exposition.
const PLACES: [Place; Figure::NAMES.len()] = [
    (Figure::Accepted, "component_messages_accepted_total", &[]),
    (Figure::Handled, "component_processing_latency_seconds", &[]),
    (Figure::Ok, PROCESSED, &[("outcome", "ok")]),
    (Figure::Error, PROCESSED, &[("outcome", "error")]),
    (Figure::Trap, PROCESSED, &[("outcome", "trap")]),
    (Figure::Fuel, PROCESSED, &[("outcome", "fuel")]),
    (
        Figure::Interrupted,
        PROCESSED,
        &[("outcome", "interrupted")],
    ),
    (
        Figure::MemoryDenied,
        PROCESSED,
        &[("outcome", "memory_denied")],
    ),
    (Figure::Panic, PROCESSED, &[("outcome", "panic")]),
    (Figure::Lost, "mailbox_dropped_total", &[]),
    (Figure::Restarts, "component_restarts_total", &[]),
    (Figure::Operations, OPERATIONS, &[]),
    (
        Figure::FilesRead,
        OPERATIONS,
        &[("operation", "file_read"), ("outcome", "ok")],
    ),
    (
        Figure::FileErrors,
        OPERATIONS,
        &[("operation", "file_read"), ("outcome", "error")],
    ),
    (Figure::FileBytes, "component_file_read_bytes_total", &[]),
    (
        Figure::Gets,
        "component_storage_operations_total",
        &[("op", "get")],
    ),
    (
        Figure::Sets,
        "component_storage_operations_total",
        &[("op", "set")],
    ),
    (Figure::Sent, OPERATIONS, &[("operation", "send")]),
    (Figure::FuelConsumed, "component_fuel_consumed_total", &[]),
];
const PROCESSED: &str = "component_messages_processed_total";
const OPERATIONS: &str = "component_operations_total";

/// Reads a component's figures out of what obs exports.
pub(crate) fn figures(snapshot: &Snapshot, component: &str) -> Figures {
    let mut figures = Figures::default();
    for (figure, family, labels) in PLACES {
        figures[figure as usize] = sum(snapshot, component, family, labels);
    }
    figures
}

/// Adds up the series of one family that belong to a component and carry all of these labels.
fn sum(snapshot: &Snapshot, component: &str, family: &str, labels: &[(&str, &str)]) -> u64 {
    let family = snapshot
        .families
        .iter()
        .filter(|candidate| candidate.name == family);
    family
        .flat_map(|family| &family.series)
        .filter(|series| series.component.as_deref() == Some(component))
        .filter(|series| {
            labels
                .iter()
                .all(|(key, value)| series.labels.iter().any(|(k, v)| k == key && v == value))
        })
        .map(|series| count(&series.value))
        .sum()
}

fn count(value: &Value) -> u64 {
    match value {
        // Exact: the host runs for less than 2^53 of anything.
        Value::Counter(value) | Value::Gauge(value) => *value as u64,
        Value::Histogram { count, .. } => *count,
    }
}

#[cfg(test)]
mod tests {
    use obs_runtime::api::{Family, Kind, Series};

    use super::*;

    #[test]
    fn only_the_series_of_the_component_with_the_labels_count() {
        let series = |component: &str, outcome: &str, value| Series {
            component: Some(component.to_owned()),
            labels: vec![("outcome".to_owned(), outcome.to_owned())],
            value: Value::Counter(value),
        };
        let family = Family {
            name: PROCESSED.to_owned(),
            help: String::new(),
            unit: String::new(),
            kind: Kind::Counter,
            series: vec![
                series("hash", "ok", 3.0),
                series("hash", "trap", 4.0),
                series("file", "ok", 5.0),
            ],
        };
        let figures = figures(
            &Snapshot {
                time_unix_ms: 0,
                families: vec![family],
            },
            "hash",
        );
        assert_eq!(
            (figures[Figure::Ok as usize], figures[Figure::Trap as usize]),
            (3, 4)
        );
    }

    #[test]
    fn every_figure_has_its_place() {
        for (at, (figure, ..)) in PLACES.iter().enumerate() {
            assert_eq!(*figure as usize, at);
        }
    }
}
