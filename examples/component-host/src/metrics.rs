//! What the host shows of itself: every metric, in one place. The label `component` is set by where they are recorded.

use obs::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::outcome::{Cause, Dropped, Operation, Outcome, StorageOp, Success};

// Messages: recorded by the kameo adapter (actor.rs).

pub(crate) static MESSAGES_ACCEPTED: Counter = counter!(
    "component_messages_accepted_total",
    "Messages that the component's mailbox took in.",
    zero
);
pub(crate) static MESSAGES_RECEIVED: Counter = counter!(
    "component_messages_received_total",
    "Messages that the component began to handle.",
    zero
);
pub(crate) static MESSAGES_PROCESSED: Counter<Outcome> = counter!(
    "component_messages_processed_total",
    "Messages that the component handled, by how that ended.",
    labels(outcome: Outcome),
    zero,
);
pub(crate) static MESSAGES_SENT: Counter = counter!(
    "component_messages_sent_total",
    "Messages that the component sent on to the next one."
);
pub(crate) static MESSAGES_IN_FLIGHT: Gauge = gauge!(
    "component_messages_in_flight",
    "Messages being handled now.",
    zero
);
pub(crate) static PROCESSING_LATENCY: Histogram = histogram!(
    "component_processing_latency_seconds",
    "Time from taking a message out of the mailbox to having handled it.",
    bounds = LATENCIES,
);
pub(crate) static QUEUE_WAIT: Histogram = histogram!(
    "component_queue_wait_seconds",
    "Time that messages waited in the mailbox.",
    bounds = LATENCIES,
);
pub(crate) static RESTARTS: Counter<Cause> = counter!(
    "component_restarts_total",
    "Times that the component was started again, by cause.",
    labels(cause: Cause),
    zero,
);

// Mailboxes: sampled by the host (host.rs), losses by the kameo adapter.

pub(crate) static MAILBOX_DEPTH: Gauge =
    gauge!("mailbox_depth", "Messages that wait, sampled.", zero);
pub(crate) static MAILBOX_CAPACITY: Gauge = gauge!(
    "mailbox_capacity",
    "Messages that can wait before senders do."
);
pub(crate) static MAILBOX_DROPPED: Counter<Dropped> = counter!(
    "mailbox_dropped_total",
    "Messages that were accepted and then dropped without being handled, by reason.",
    labels(reason: Dropped),
    zero,
);

// Guests: recorded by the wasmtime adapter (engine.rs).

pub(crate) static GUEST_CALL_LATENCY: Histogram = histogram!(
    "component_guest_call_latency_seconds",
    "Time from calling the guest to its answer or trap, host calls and yields included.",
    bounds = LATENCIES,
);
pub(crate) static MEMORY: Gauge = gauge!(
    "component_memory_bytes",
    "Linear memory that the guest has now.",
    zero
);
pub(crate) static MEMORY_LIMIT: Gauge = gauge!(
    "component_memory_limit_bytes",
    "Linear memory that the guest may have."
);
pub(crate) static FUEL_CONSUMED: Counter = counter!(
    "component_fuel_consumed_total",
    "Units of fuel (about one per instruction) that the guest burned.",
    zero
);
pub(crate) static TRAPS: Counter<Outcome> = counter!(
    "component_traps_total",
    "Calls that the guest did not survive, by kind.",
    labels(kind: Outcome),
);

// Operations: recorded where guests ask the host for them (imports.rs) and in the adapters (files.rs, storage.rs).

pub(crate) static OPERATIONS: Counter<(Operation, Success)> = counter!(
    "component_operations_total",
    "Operations that guests asked of the host.",
    labels(operation: Operation, outcome: Success),
);
pub(crate) static STORAGE_OPERATIONS: Counter<StorageOp> = counter!(
    "component_storage_operations_total",
    "Reads and writes of the component's storage.",
    labels(op: StorageOp),
);
pub(crate) static FILE_READ_BYTES: Counter = counter!(
    "component_file_read_bytes_total",
    "Bytes that the component read from files."
);

/// From a microsecond (an idle guest) to ten seconds (a guest that is held up by the others).
const LATENCIES: &[f64] = &[
    1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2,
    5e-2, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
