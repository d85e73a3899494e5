//! Lists of traces, as wire types.

use super::{summary, words};
use crate::api::traces as api;
use crate::query::traces::{Coverage, Found, KeptBy, Order, QueryError, Received, Search};

/// Reads an order as the API writes it: as in queries, but that `own:` is another word for `self:`.
///
/// # Errors
///
/// There is no such order.
pub fn order(text: &str) -> Result<Order, QueryError> {
    match text.strip_prefix("own:") {
        Some(operation) => format!("self:{operation}").parse(),
        None => text.parse(),
    }
}

/// What a search has found now, in nanoseconds since 1970.
pub fn list(search: &Search, found: Found, now_ns: u64) -> api::TraceList {
    api::TraceList {
        now_unix_ns: now_ns,
        query: search.query.to_string(),
        order: search.order.to_string(),
        traces: found.traces.into_iter().map(summary).collect(),
        next: found.next.map(|next| next.to_string()),
        coverage: coverage(found.coverage),
    }
}

fn coverage(of: Coverage) -> api::Coverage {
    api::Coverage {
        complete: of.is_complete(),
        matched: of.matched,
        matched_stand_for: of.matched_stand_for,
        shown: of.shown,
        held: of.held,
        unsearched: of.unsearched,
        unreadable: of.unreadable,
        unreadable_blocks: of.unreadable_blocks,
        disk_failure: of.disk_failure,
        earliest_unix_ns: of.range_ns.map(|(earliest, _)| earliest),
        latest_unix_ns: of.range_ns.map(|(_, latest)| latest),
        received: received(&of.received),
        evicted: of.evicted,
    }
}

fn received(of: &Received) -> api::Received {
    let kept = |by: &KeptBy| api::KeptBy {
        policy: words::policy(by.policy),
        traces: by.traces,
        stand_for: by.stand_for,
    };
    api::Received {
        traces: of.traces,
        kept: of.kept.iter().map(kept).collect(),
    }
}
