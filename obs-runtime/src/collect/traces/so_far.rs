//! Traces that are not complete, as they are so far: for whoever asks what is under way.

use std::collections::HashSet;

use obs::collector::spans::{self, Anchor, Record, What};

use super::assemble;
use super::collection::Collection;
use super::live::Live;
use super::names::Names;
use super::outline::edge;
use crate::model::trace::{Kept, Missing, OpenSpan, Policy, SpanId, Trace, TraceId};

/// What a trace is kept as that nothing has judged yet.
const UNJUDGED: Kept = Kept {
    policy: Policy::Forced,
    weight: 1.0,
};

impl Collection {
    /// The ids of all traces that are not complete.
    pub(crate) fn live_ids(&self) -> impl Iterator<Item = TraceId> {
        self.live.keys().copied().filter_map(TraceId::new)
    }

    /// A trace that is not complete, as it is so far; nothing has judged it, whatever it says of that. `None` where there is
    /// none, or nothing but what was said of spans has come.
    pub(crate) fn so_far(&self, id: TraceId, names: &Names, anchor: &Anchor) -> Option<Trace> {
        let at = self.live.get(&id.get())?;
        let live = &self.traces[*at as usize];
        let missing = Missing {
            ring_full: live.touched,
            spans_over_limit: live.over_limit,
            ..Missing::default()
        };
        let trace = assemble::trace(live, missing, UNJUDGED, names, anchor)?;
        (!trace.spans.is_empty()).then_some(trace)
    }

    /// Looks at the start of each span that said that it started, and has not ended.
    pub(crate) fn started(&self, mut look: impl FnMut(Record<'_>)) {
        let all = self.live.values().map(|at| &self.traces[*at as usize]);
        for live in all.filter(|live| live.is_open()) {
            started_in(live, &mut look);
        }
    }
}

fn started_in(live: &Live, look: &mut impl FnMut(Record<'_>)) {
    let ends = live.records().filter(|record| record.what() == What::End);
    let ended: HashSet<u64> = ends.map(|record| record.span()).collect();
    let starts = live.records().filter(|record| record.what() == What::Start);
    starts
        .filter(|start| !ended.contains(&start.span()) && live.is_awaited(start.span()))
        .for_each(look);
}

/// A span by the record of its start. What is usual for it is not known here.
pub(crate) fn open_span(
    start: Record<'_>,
    is_running: bool,
    names: &Names,
    anchor: &Anchor,
) -> Option<OpenSpan> {
    let [high, low] = start.trace();
    let began = start.start();
    let thread = Some(start.thread()).filter(|thread| *thread != 0);
    let description = names.site(start.site()).map(|site| site.site.description());
    Some(OpenSpan {
        trace: id(high, low)?,
        id: SpanId::new(spans::outside(start.span()))?,
        parent: assemble::parent(start),
        is_root: start.is_root(),
        operation: names.operation(start.site()),
        component: names.component(start.component()),
        kind: assemble::kind(start.kind()),
        edge: edge(start.edge()),
        start_ns: anchor.unix_ns_of(began.at, began.monotonic),
        thread,
        thread_name: thread.and_then(|thread| names.thread_name(thread)),
        is_running,
        place: description.map(|description| (description.file, description.line)),
        usual_ns: None,
    })
}

fn id(high: u64, low: u64) -> Option<TraceId> {
    TraceId::new(u128::from(high) << 64 | u128::from(low))
}
