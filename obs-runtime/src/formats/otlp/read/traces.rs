//! Spans put together by trace.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::facts::{Facts, IMPORTED};
use super::OpenedTrace;
use crate::model::trace::{Kept, Missing, Span, SpanId, Trace, TraceId};

/// The traces of a file, in the order in which they begin in it.
#[derive(Default)]
pub(super) struct Traces {
    places: HashMap<TraceId, usize>,
    traces: Vec<Gathered>,
}

/// What a file has said of a trace so far.
pub(super) struct Gathered {
    id: TraceId,
    service: Arc<str>,
    pub(super) spans: Vec<Span>,
    /// Why it was kept and what it lacks; none where obs has not written it.
    known: Option<(Kept, Missing)>,
    tracestate: String,
    /// Whether the `tracestate` is of a span that enters the trace: these know what the caller sent.
    is_entered: bool,
}

impl Traces {
    /// The trace of this id, begun where it is the first time that its id comes.
    pub(super) fn of(&mut self, id: TraceId, service: &Arc<str>) -> &mut Gathered {
        let place = *self.places.entry(id).or_insert_with(|| {
            self.traces.push(Gathered {
                id,
                service: Arc::clone(service),
                spans: Vec::new(),
                known: None,
                tracestate: String::new(),
                is_entered: false,
            });
            self.traces.len() - 1
        });
        &mut self.traces[place]
    }

    pub(super) fn finish(self) -> Vec<OpenedTrace> {
        self.traces.into_iter().map(Gathered::finish).collect()
    }
}

impl Gathered {
    /// Takes in what a span says of the whole trace.
    pub(super) fn say(&mut self, enters: bool, tracestate: &str, facts: &Facts) {
        if let Some(kept) = facts.kept {
            self.known.get_or_insert((kept, facts.missing));
        }
        if !tracestate.is_empty() && !self.is_entered && (enters || self.tracestate.is_empty()) {
            tracestate.clone_into(&mut self.tracestate);
            self.is_entered = enters;
        }
    }

    fn finish(self) -> OpenedTrace {
        let (mut spans, duplicates) = once(self.spans);
        spans.sort_by_key(|span| (span.start_ns, span.id));
        let (kept, mut missing) = self.known.unwrap_or_else(|| (IMPORTED, missing(&spans)));
        missing.duplicates = missing.duplicates.saturating_add(duplicates);
        OpenedTrace {
            service: self.service,
            trace: Trace {
                id: self.id,
                spans,
                kept,
                missing,
                tracestate: self.tracestate,
            },
        }
    }
}

/// Each span once, of several the first that has ended; and how many others there were.
fn once(spans: Vec<Span>) -> (Vec<Span>, u64) {
    let mut places: HashMap<SpanId, usize> = HashMap::with_capacity(spans.len());
    let mut kept: Vec<Span> = Vec::with_capacity(spans.len());
    let mut duplicates = 0;
    for span in spans {
        match places.get(&span.id) {
            None => {
                places.insert(span.id, kept.len());
                kept.push(span);
            }
            Some(&place) => {
                duplicates += 1;
                if kept[place].open && !span.open {
                    kept[place] = span;
                }
            }
        }
    }
    (kept, duplicates)
}

/// What a trace lacks as far as its spans show.
fn missing(spans: &[Span]) -> Missing {
    let here: HashSet<_> = spans.iter().map(|span| span.id).collect();
    let lacks = |span: &&Span| {
        let is_lost = |parent: SpanId| !here.contains(&parent);
        !span.remote_parent && span.parent.is_some_and(is_lost)
    };
    Missing {
        orphans: spans.iter().filter(lacks).count() as u64,
        open: spans.iter().filter(|span| span.open).count() as u64,
        ..Missing::default()
    }
}
