//! What the store has lost, by policy and reason.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::directory::{EVICTION, rank};
use crate::model::trace::Policy;

/// Counted as it happens.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Written by whoever evicts, expires, drops or stores; read by anybody. Counts, with no order among them.
    from_memory: [AtomicU64; EVICTION.len()],
    from_disk: [AtomicU64; EVICTION.len()],
    expired: [AtomicU64; EVICTION.len()],
    over_budget: AtomicU64,
    unwritten: AtomicU64,
    stored: AtomicU64,
    /// Blocks of which something could not be read.
    damaged: Mutex<BTreeSet<u64>>,
}

/// What the store has taken and lost since it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreCounts {
    /// Traces that are or were on disk; each version of a trace counts.
    pub stored: u64,
    /// Traces that did not go to disk because too much waited for it: the reason `store_budget`.
    pub dropped_store_budget: u64,
    /// Traces that were waiting for a disk that refused them when the store was closed: the reason `store_failed`.
    pub dropped_store_failed: u64,
    /// Traces that left memory to make room, by the policy that had kept them.
    pub evicted_from_memory: Vec<(Policy, u64)>,
    /// Traces that left the disk to make room.
    pub evicted_from_disk: Vec<(Policy, u64)>,
    /// Traces that left the disk because they were old.
    pub expired: Vec<(Policy, u64)>,
    /// Blocks of traces that were found damaged.
    pub damaged_blocks: u64,
}

impl Counts {
    pub(crate) fn evicted_from_memory(&self, policy: Policy) {
        add(&self.from_memory, policy, 1);
    }

    pub(super) fn evicted_from_disk(&self, policy: Policy, traces: u64) {
        add(&self.from_disk, policy, traces);
    }

    pub(super) fn expired(&self, policy: Policy, traces: u64) {
        add(&self.expired, policy, traces);
    }

    pub(super) fn stored(&self, traces: u64) {
        self.stored.fetch_add(traces, Ordering::Relaxed);
    }

    pub(super) fn over_budget(&self) {
        self.over_budget.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn unwritten(&self, traces: u64) {
        self.unwritten.fetch_add(traces, Ordering::Relaxed);
    }

    /// A block cannot be read; it counts once.
    pub(crate) fn damaged(&self, number: u64) {
        let mut damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        damaged.insert(number);
    }

    pub(super) fn read(&self) -> StoreCounts {
        let damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        StoreCounts {
            stored: self.stored.load(Ordering::Relaxed),
            dropped_store_budget: self.over_budget.load(Ordering::Relaxed),
            dropped_store_failed: self.unwritten.load(Ordering::Relaxed),
            evicted_from_memory: by_policy(&self.from_memory),
            evicted_from_disk: by_policy(&self.from_disk),
            expired: by_policy(&self.expired),
            damaged_blocks: damaged.len() as u64,
        }
    }
}

fn add(counts: &[AtomicU64; EVICTION.len()], policy: Policy, traces: u64) {
    if let Some(count) = counts.get(rank(policy)) {
        count.fetch_add(traces, Ordering::Relaxed);
    }
}

fn by_policy(counts: &[AtomicU64; EVICTION.len()]) -> Vec<(Policy, u64)> {
    let counts = counts.iter().map(|count| count.load(Ordering::Relaxed));
    let all = EVICTION.into_iter().zip(counts);
    all.filter(|(_, count)| *count > 0).collect()
}
