//! What components keep: operations, sizes, quotas.

use super::flight::Flight;
use super::{DURATIONS, SIZES, Transfer};
use crate::span::Site;
use crate::{
    AttributeValue, Context, Counter, Dynamic, Gauge, Histogram, Kind, LabelValue, Moment, Number,
    ObservedGauge, Watch, counter, gauge, histogram,
};

/// Operations on the component's storage, by outcome.
pub static OPERATIONS: Counter<(StorageOp, StorageOutcome)> = counter!(
    "storage_operations_total",
    "Operations on the component's storage, by outcome.",
    labels(op: StorageOp, outcome: StorageOutcome),
);

/// Time that operations on the component's storage took.
pub static OPERATION_DURATION: Histogram<StorageOp> = histogram!(
    "storage_operation_duration_seconds",
    "Time that operations on the component's storage took.",
    labels(op: StorageOp),
    bounds = DURATIONS,
);

/// Bytes of values that were read and written.
pub static BYTES: Counter<Transfer> = counter!(
    "storage_bytes_total",
    "Bytes of values that were read and written.",
    labels(direction: Transfer),
);

/// Size of the values that were read and written.
pub static VALUE_BYTES: Histogram<StorageOp, Number> = histogram!(
    "storage_value_bytes",
    "Size of the values that were read and written.",
    labels(op: StorageOp),
    bounds = SIZES,
);

/// Bytes that the component keeps in its storage.
pub static USED: ObservedGauge = gauge!(
    "storage_used_bytes",
    "Bytes that the component keeps in its storage.",
    observed
);

/// Bytes that the component may keep.
pub static QUOTA: Gauge = gauge!("storage_quota_bytes", "Bytes that the component may keep.",);

/// Keys that the component keeps.
pub static KEYS: ObservedGauge = gauge!("storage_keys", "Keys that the component keeps.", observed);

/// Writes that were refused because the quota was used up.
pub static QUOTA_EXCEEDED: Counter = counter!(
    "storage_quota_exceeded_total",
    "Writes that were refused because the quota was used up.",
);

/// Bytes that the whole store takes.
pub static TOTAL_USED: Dynamic<Gauge, 1> = gauge!(
    "storage_total_used_bytes",
    "Bytes that the whole store takes.",
    dynamic(store),
    scope = process,
);

/// Bytes that the whole store takes and nobody uses.
pub static FRAGMENTED: Dynamic<Gauge, 1> = gauge!(
    "storage_fragmented_bytes",
    "Bytes that the whole store takes and nobody uses.",
    dynamic(store),
    scope = process,
);

/// Operations on a component's storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum StorageOp {
    /// Reads a value.
    Get,
    /// Writes a value.
    Set,
    /// Deletes a key.
    Delete,
    /// Asks whether there is a key.
    Exists,
    /// Lists keys.
    List,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum StorageOutcome {
    /// It was done, also where there was nothing to read or to delete.
    Ok,
    /// It failed, was given up, or unwound.
    Error,
    /// The quota of the component is used up.
    Quota,
}

/// What a component keeps, and what it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Bytes that it keeps.
    pub used_bytes: u64,
    /// Bytes that it may keep; `None` without a quota.
    pub quota_bytes: Option<u64>,
    /// Keys that it keeps.
    pub keys: u64,
}

/// Watches what the component that the thread is in keeps: at each merge, `usage` is asked, on the thread that merges. The
/// quota is shown as it is now. Ends when what this returns is dropped, or with the component.
pub fn watch(usage: impl Fn() -> Usage + Clone + Send + 'static) -> [Watch; 2] {
    if let Some(quota) = usage().quota_bytes {
        QUOTA.set(quota);
    }
    let keys = usage.clone();
    [
        USED.watch(move || usage().used_bytes),
        KEYS.watch(move || keys().keys),
    ]
}

/// Spans of operations.
static GET: Site = site("storage.get");
static SET: Site = site("storage.set");
static DELETE: Site = site("storage.delete");
static EXISTS: Site = site("storage.exists");
static LIST: Site = site("storage.list");

#[track_caller]
const fn site(name: &'static str) -> Site {
    Site::of_handle(name, Kind::Client, &["bytes"])
}

impl StorageOp {
    fn site(self) -> &'static Site {
        match self {
            StorageOp::Get => &GET,
            StorageOp::Set => &SET,
            StorageOp::Delete => &DELETE,
            StorageOp::Exists => &EXISTS,
            StorageOp::List => &LIST,
        }
    }
}

/// An operation under way: duration, outcome, bytes, and a span `storage.get`, `storage.set` and so on. Dropped without an
/// outcome it failed.
#[derive(Debug)]
#[must_use = "the operation counts as failed as soon as the guard is dropped"]
pub struct StorageGuard {
    flight: Flight,
    op: StorageOp,
}

impl StorageGuard {
    /// Begins an operation.
    #[inline]
    pub fn start(op: StorageOp) -> StorageGuard {
        StorageGuard {
            flight: Flight::start(op.site()),
            op,
        }
    }

    /// What happens meanwhile: see [`in_context`](crate::InContext::in_context).
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }

    /// Counts a value that was read or written.
    #[inline]
    pub fn value(&self, bytes: usize) {
        let direction = match self.op {
            StorageOp::Set => Transfer::Write,
            _ => Transfer::Read,
        };
        BYTES.with(direction).inc_by(bytes as u64);
        VALUE_BYTES.with(self.op).observe(bytes as f64);
        self.flight.attributes(&[bytes.value()]);
    }

    /// Says that it ended as its result says.
    #[inline]
    pub fn end<T, E>(self, result: &Result<T, E>) {
        self.end_with(match result {
            Ok(_) => StorageOutcome::Ok,
            Err(_) => StorageOutcome::Error,
        });
    }

    /// Says how it ended.
    #[inline]
    pub fn end_with(mut self, outcome: StorageOutcome) {
        let done = outcome == StorageOutcome::Ok;
        let now = self.flight.land_with(outcome, done);
        if outcome == StorageOutcome::Quota {
            QUOTA_EXCEEDED.inc();
        }
        self.record(outcome, now);
    }

    fn record(&self, outcome: StorageOutcome, now: Moment) {
        OPERATION_DURATION
            .with(self.op)
            .observe(self.flight.begun().until(now));
        OPERATIONS.with((self.op, outcome)).inc();
    }
}

impl Drop for StorageGuard {
    fn drop(&mut self) {
        if let Some(now) = self.flight.fail() {
            self.record(StorageOutcome::Error, now);
        }
    }
}
