//! Lists of traces: from parameters to a search, and from what it found to wire types.

use std::sync::Arc;

use super::parameters::Parameters;
use super::refused::Refused;
use super::words;
use crate::api::traces as api;
use crate::query::traces::{
    Coverage, DEFAULT_LIMIT, Found, KeptBy, Order, Query, QueryError, Received, Search, Summary,
};

/// How many traces a list may have.
const MOST: usize = 1_000;

/// What is asked for.
pub(super) fn search(parameters: &Parameters) -> Result<Search, Refused> {
    let mut search = Search {
        limit: parameters.limit(DEFAULT_LIMIT, MOST)?,
        ..Search::default()
    };
    let pointed = |text| move |error: QueryError| Refused::pointed(text, &error);
    if let Some(text) = parameters.get("q") {
        search.query = text.parse::<Query>().map_err(pointed(text))?;
    }
    if let Some(text) = parameters.get("order") {
        search.order = order(text).map_err(pointed(text))?;
    }
    if let Some(text) = parameters.get("after") {
        let no_cursor = |error| Refused::parameter(format!("`after` is {error}"));
        search.after = Some(text.parse().map_err(no_cursor)?);
    }
    Ok(search)
}

/// Own time is called `self` in queries, and so it is here.
fn order(text: &str) -> Result<Order, QueryError> {
    match text.strip_prefix("own:") {
        Some(operation) => format!("self:{operation}").parse(),
        None => text.parse(),
    }
}

/// What was found.
pub(super) fn wire(search: &Search, found: Found, now_ns: u64) -> api::TraceList {
    api::TraceList {
        now_unix_ns: now_ns,
        query: search.query.to_string(),
        order: search.order.to_string(),
        traces: found.traces.into_iter().map(summary).collect(),
        next: found.next.map(|next| next.to_string()),
        coverage: coverage(found.coverage),
    }
}

fn summary(of: Summary) -> api::TraceSummary {
    let text = |name: Arc<str>| name.as_ref().to_owned();
    api::TraceSummary {
        id: of.id.to_string(),
        start_unix_ns: of.start_ns,
        duration_ns: of.duration_ns,
        operation: text(of.operation),
        component: of.component.map(text),
        status: words::status(of.status),
        failed: of.is_failed,
        spans: of.spans,
        components: of.components.into_iter().map(text).collect(),
        policy: words::policy(of.policy),
        weight: of.weight,
        incomplete: of.is_incomplete,
        own_ns: of.own_ns,
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
