//! The same figures, as obs saw them.

use obs_runtime::api::{Snapshot, Value};

use crate::tally::{Figure, Figures, Whole, Wholes};

/// A family, and the labels that its series must carry.
pub(crate) type Place = (&'static str, &'static [(&'static str, &'static str)]);

/// Where a figure stands in the exposition.
fn place(figure: Figure) -> Place {
    const PROCESSED: &str = "component_messages_processed_total";
    const OPERATIONS: &str = "component_operations_total";
    const STORAGE: &str = "storage_operations_total";
    match figure {
        Figure::Accepted => ("mailbox_enqueued_total", &[]),
        Figure::Handled => ("component_processing_latency_seconds", &[]),
        Figure::Ok => (PROCESSED, &[("outcome", "ok")]),
        Figure::Error => (PROCESSED, &[("outcome", "error")]),
        Figure::Trap => (PROCESSED, &[("outcome", "trap")]),
        Figure::Timeout => (PROCESSED, &[("outcome", "timeout")]),
        Figure::Panic => (PROCESSED, &[("outcome", "panic")]),
        Figure::Lost => ("mailbox_dropped_total", &[("reason", "restart")]),
        Figure::Expired => ("component_messages_expired_total", &[]),
        Figure::Restarts => ("component_restarts_total", &[]),
        Figure::Errors => ("component_errors_total", &[]),
        Figure::Traps => ("wasm_traps_total", &[]),
        Figure::Fuel => ("wasm_fuel_exhausted_total", &[]),
        Figure::Interrupted => ("wasm_epoch_interruptions_total", &[("action", "trap")]),
        Figure::MemoryDenied => ("wasm_memory_grows_total", &[("outcome", "denied")]),
        Figure::FuelConsumed => ("wasm_fuel_consumed_total", &[]),
        Figure::HostCalls => ("component_host_calls_total", &[]),
        Figure::FilesRead => (OPERATIONS, &[("operation", "read"), ("outcome", "ok")]),
        Figure::FileErrors => (OPERATIONS, &[("operation", "read"), ("outcome", "error")]),
        Figure::FileBytes => (
            "component_operation_bytes_total",
            &[("kind", "filesystem"), ("direction", "read")],
        ),
        Figure::Gets => (STORAGE, &[("op", "get")]),
        Figure::Sets => (STORAGE, &[("op", "set")]),
        Figure::Deletes => (STORAGE, &[("op", "delete")]),
        Figure::Looks => (STORAGE, &[("op", "exists")]),
        Figure::Lists => (STORAGE, &[("op", "list")]),
        Figure::StoredBytes => ("storage_bytes_total", &[("direction", "write")]),
        Figure::OverQuota => ("storage_quota_exceeded_total", &[]),
        Figure::Published => ("component_messages_sent_total", &[("pattern", "broadcast")]),
        Figure::Runs => ("component_host_calls_total", &[("interface", "process")]),
        Figure::Denied => ("component_operations_denied_total", &[]),
        Figure::Exits => ("component_process_exits_total", &[]),
        Figure::Exchanges => ("component_host_calls_total", &[("interface", "network")]),
        Figure::Retries => ("component_retries_total", &[]),
        Figure::Echoed => (
            "component_operation_bytes_total",
            &[("kind", "network"), ("direction", "read")],
        ),
        Figure::Requests => ("component_requests_total", &[]),
        Figure::Callbacks => ("component_callbacks_processed_total", &[]),
        Figure::Installations => ("component_installations_total", &[("outcome", "ok")]),
        Figure::Updates => ("component_updates_total", &[("outcome", "ok")]),
        Figure::FailedUpdates => ("component_updates_total", &[("outcome", "error")]),
        Figure::Rollbacks => ("component_rollbacks_total", &[("outcome", "ok")]),
    }
}

/// Where a figure of the whole host stands.
fn place_of_whole(whole: Whole) -> Place {
    match whole {
        Whole::Published => ("broker_messages_published_total", &[]),
        Whole::Refused => ("broker_publish_errors_total", &[]),
        Whole::Delivered => ("broker_messages_delivered_total", &[]),
    }
}

/// Reads a component's figures out of what obs exports.
pub(crate) fn figures(snapshot: &Snapshot, component: &str) -> Figures {
    let mut figures = [0; Figure::NAMES.len()];
    for figure in Figure::ALL {
        figures[*figure as usize] = sum(snapshot, Some(component), place(*figure));
    }
    figures
}

/// Reads the figures of the whole host.
pub(crate) fn wholes(snapshot: &Snapshot) -> Wholes {
    let mut wholes = [0; Whole::NAMES.len()];
    for whole in Whole::ALL {
        wholes[*whole as usize] = sum(snapshot, None, place_of_whole(*whole));
    }
    wholes
}

/// Adds up the series of one family that belong to a component, or to none, and carry all of these labels.
pub(crate) fn sum(snapshot: &Snapshot, component: Option<&str>, (family, labels): Place) -> u64 {
    let family = snapshot
        .families
        .iter()
        .filter(|candidate| candidate.name == family);
    family
        .flat_map(|family| &family.series)
        .filter(|series| series.component.as_deref() == component)
        .filter(|series| {
            labels
                .iter()
                .all(|(key, value)| series.labels.iter().any(|(k, v)| k == key && v == value))
        })
        .map(|series| count(&series.value))
        .sum()
}

/// What has been counted; a histogram by its observations.
pub(crate) fn count(value: &Value) -> u64 {
    match value {
        // Exact: the host runs for less than 2^53 of anything.
        Value::Counter(value) | Value::Gauge(value) => *value as u64,
        Value::Histogram(histogram) => histogram.count,
        // The host compares nothing of another kind.
        _ => 0,
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
            name: place(Figure::Ok).0.to_owned(),
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
}
