//! What became of every span, as wire types.

use super::words;
use crate::api::traces as api;
use crate::evaluate::traces::{Accounting, Identity, OfKind};
use crate::model::trace::Policy;
use crate::store::traces::{Held, Retention, StoreCounts};

/// What the store holds and has lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// Whether there is a file.
    pub is_durable: bool,
    /// How much is held.
    pub held: Held,
    /// How much may be.
    pub retention: Retention,
    /// What was taken and lost since the runtime was started.
    pub counts: StoreCounts,
}

/// All that was counted, until now, in nanoseconds since 1970.
pub fn accounting(of: &Accounting, shelf: &Shelf, now_ns: u64) -> api::Accounting {
    let share = |(names, share): &(String, f64)| api::Sampled {
        names: names.clone(),
        share: *share,
    };
    api::Accounting {
        now_unix_ns: now_ns,
        spans: spans(of),
        records: of.records.iter().map(kind).collect(),
        emitted: identity(of.emitted()),
        received: identity(of.received()),
        traces: traces(of),
        rings: api::Ring {
            rings: of.rings.rings,
            slots: of.rings.slots,
            slots_in_use: of.rings.slots_in_use,
            fullest_permille: of.rings.fullest_permille,
        },
        excess: api::Excess {
            errors: of.excess.errors,
            slow: of.excess.slow,
        },
        shares: of.shares.iter().map(share).collect(),
        without: of.without.clone(),
        store: store(shelf),
    }
}

fn spans(of: &Accounting) -> api::SpanAccount {
    api::SpanAccount {
        emitted: of.spans.emitted,
        ring_full: of.spans.ring_full,
        no_ring: of.spans.no_ring,
        in_rings: of.in_rings(),
        received: of.spans.received,
        kept: of.spans.kept,
        discarded: of.spans.discarded,
        late: of.spans.late,
        over_limit: of.spans.over_limit,
        pending: of.spans.pending,
    }
}

fn kind(of: &OfKind) -> api::KindAccount {
    api::KindAccount {
        kind: of.kind.to_owned(),
        emitted: of.emitted,
        ring_full: of.ring_full,
        no_ring: of.no_ring,
    }
}

fn identity(of: Identity) -> api::Identity {
    api::Identity {
        holds: of.holds(),
        left: of.left,
        right: of.right,
    }
}

fn traces(of: &Accounting) -> api::TraceAccount {
    let kept = |(policy, traces, stand_for): &(Policy, u64, f64)| api::KeptBy {
        policy: words::policy(*policy),
        traces: *traces,
        stand_for: *stand_for,
    };
    api::TraceAccount {
        complete: of.traces,
        given_up: of.traces_given_up,
        over_limit: of.traces_over_limit,
        live: of.live,
        strays: of.strays,
        kept: of.kept.iter().map(kept).collect(),
    }
}

fn store(of: &Shelf) -> api::StoreAccount {
    let (held, retention, counts) = (&of.held, &of.retention, &of.counts);
    api::StoreAccount {
        durable: of.is_durable,
        memory_bytes: held.memory_bytes,
        memory_limit_bytes: retention.memory_bytes,
        disk_bytes: held.disk_bytes,
        disk_limit_bytes: retention.disk_bytes,
        age_limit_seconds: retention.age.as_secs(),
        blocks: held.blocks,
        waiting: held.waiting,
        waiting_bytes: held.waiting_bytes,
        stored: counts.stored,
        dropped_store_budget: counts.dropped_store_budget,
        dropped_store_failed: counts.dropped_store_failed,
        evicted_from_memory: by_policy(&counts.evicted_from_memory),
        evicted_from_disk: by_policy(&counts.evicted_from_disk),
        expired: by_policy(&counts.expired),
        damaged_blocks: counts.damaged_blocks,
    }
}

fn by_policy(counts: &[(Policy, u64)]) -> Vec<api::ByPolicy> {
    let wire = |(policy, traces): &(Policy, u64)| api::ByPolicy {
        policy: words::policy(*policy),
        traces: *traces,
    };
    counts.iter().map(wire).collect()
}
