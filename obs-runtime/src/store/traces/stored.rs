//! A trace as bytes: each name once, times as differences, parents by their place.
//!
//! The layout is its own, so that the model can change without changing what lies on disk; a change here needs a new version of
//! all values.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::trace::{
    Attribute, Edge, Event, Kept, Kind, Link, Missing, Policy, Span, SpanId, Status, Trace,
    TraceId, Value,
};

#[derive(Serialize, Deserialize)]
struct StoredTrace<'a> {
    id: [u8; 16],
    policy: Policy,
    weight: f64,
    missing: Missing,
    tracestate: &'a str,
    #[serde(borrow)]
    names: Vec<&'a str>,
    spans: Vec<StoredSpan<'a>>,
}

#[derive(Serialize, Deserialize)]
struct StoredSpan<'a> {
    id: [u8; 8],
    parent: Parent,
    operation: u32,
    component: Option<u32>,
    kind: Kind,
    edge: Edge,
    status: Status,
    status_message: &'a str,
    /// Since the span before it in the trace.
    after_ns: i64,
    duration_ns: u64,
    /// Whether it had not ended, and whether its parent is of another process.
    flags: u8,
    busy_ns: Option<u64>,
    polls: u32,
    start_thread: Option<u32>,
    end_thread: Option<u32>,
    #[serde(borrow)]
    attributes: Vec<StoredAttribute<'a>>,
    attributes_cut: u32,
    events: Vec<StoredEvent<'a>>,
    links: Vec<StoredLink<'a>>,
}

const OPEN: u8 = 1;
const REMOTE: u8 = 2;

#[derive(Serialize, Deserialize)]
enum Parent {
    None,
    /// The span at this place of the trace.
    Here(u32),
    Elsewhere([u8; 8]),
}

#[derive(Serialize, Deserialize)]
struct StoredAttribute<'a> {
    key: u32,
    #[serde(borrow)]
    value: StoredValue<'a>,
}

#[derive(Serialize, Deserialize)]
enum StoredValue<'a> {
    Text(&'a str),
    Bool(bool),
    Int(i64),
    Float(f64),
    /// What only files of others hold.
    Other(Value),
}

#[derive(Serialize, Deserialize)]
struct StoredEvent<'a> {
    /// Since the span's start.
    after_ns: i64,
    name: u32,
    #[serde(borrow)]
    attributes: Vec<StoredAttribute<'a>>,
    attributes_cut: u32,
}

#[derive(Serialize, Deserialize)]
struct StoredLink<'a> {
    trace: [u8; 16],
    span: [u8; 8],
    #[serde(borrow)]
    attributes: Vec<StoredAttribute<'a>>,
    tracestate: &'a str,
}

/// Bytes that are no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoTrace;

/// The bytes of a trace.
pub(super) fn encode(trace: &Trace) -> Vec<u8> {
    let mut names = Names::default();
    let places: HashMap<SpanId, u32> = trace.spans.iter().map(|span| span.id).zip(0..).collect();
    let mut before_ns = 0;
    let mut spans = Vec::with_capacity(trace.spans.len());
    for span in &trace.spans {
        spans.push(stored_span(span, &mut names, &places, before_ns));
        before_ns = span.start_ns;
    }
    let stored = StoredTrace {
        id: trace.id.get().to_be_bytes(),
        policy: trace.kept.policy,
        weight: trace.kept.weight,
        missing: trace.missing,
        tracestate: &trace.tracestate,
        names: names.all,
        spans,
    };
    // Vectors take all that is written to them, and all lengths are known.
    postcard::to_allocvec(&stored).unwrap_or_default()
}

/// The trace of some bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<Trace, NoTrace> {
    let stored: StoredTrace<'_> = postcard::from_bytes(bytes).map_err(|_| NoTrace)?;
    let names: Vec<Arc<str>> = stored.names.iter().map(|name| Arc::from(*name)).collect();
    let ids = stored.spans.iter().map(|span| span_id(span.id));
    let ids: Vec<SpanId> = ids.collect::<Result<_, _>>()?;
    let mut start_ns = 0_u64;
    let mut spans = Vec::with_capacity(ids.len());
    for span in stored.spans {
        start_ns = start_ns.wrapping_add_signed(span.after_ns);
        spans.push(decoded_span(span, &names, &ids, start_ns)?);
    }
    Ok(Trace {
        id: trace_id(stored.id)?,
        spans,
        kept: Kept {
            policy: stored.policy,
            weight: stored.weight,
        },
        missing: stored.missing,
        tracestate: stored.tracestate.to_owned(),
    })
}

/// All traces of bytes that hold one after another, each with its bytes.
pub(super) fn decode_all(mut bytes: &[u8]) -> Result<Vec<(Trace, &[u8])>, NoTrace> {
    let mut traces = Vec::new();
    while !bytes.is_empty() {
        let (_, rest) = postcard::take_from_bytes::<StoredTrace<'_>>(bytes).map_err(|_| NoTrace)?;
        let (own, rest) = (&bytes[..bytes.len() - rest.len()], rest);
        traces.push((decode(own)?, own));
        bytes = rest;
    }
    Ok(traces)
}

/// Names in the order in which they first come.
#[derive(Default)]
struct Names<'a> {
    all: Vec<&'a str>,
    numbers: HashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a str) -> u32 {
        let next = self.all.len() as u32;
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.all.push(name);
        }
        number
    }
}

fn stored_span<'a>(
    span: &'a Span,
    names: &mut Names<'a>,
    places: &HashMap<SpanId, u32>,
    before_ns: u64,
) -> StoredSpan<'a> {
    let parent = match span.parent {
        None => Parent::None,
        Some(parent) => match places.get(&parent) {
            Some(place) => Parent::Here(*place),
            None => Parent::Elsewhere(parent.get().to_be_bytes()),
        },
    };
    let events = span.events.iter().map(|event| StoredEvent {
        after_ns: event.time_ns.wrapping_sub(span.start_ns).cast_signed(),
        name: names.number(&event.name),
        attributes: stored_attributes(&event.attributes, names),
        attributes_cut: event.attributes_cut,
    });
    let events = events.collect();
    let links = span.links.iter().map(|link| StoredLink {
        trace: link.trace.get().to_be_bytes(),
        span: link.span.get().to_be_bytes(),
        attributes: stored_attributes(&link.attributes, names),
        tracestate: &link.tracestate,
    });
    StoredSpan {
        id: span.id.get().to_be_bytes(),
        parent,
        links: links.collect(),
        events,
        operation: names.number(&span.operation),
        component: span.component.as_ref().map(|name| names.number(name)),
        kind: span.kind,
        edge: span.edge,
        status: span.status,
        status_message: &span.status_message,
        after_ns: span.start_ns.wrapping_sub(before_ns).cast_signed(),
        duration_ns: span.duration_ns(),
        flags: u8::from(span.open) * OPEN + u8::from(span.remote_parent) * REMOTE,
        busy_ns: span.busy_ns,
        polls: span.polls,
        start_thread: span.start_thread,
        end_thread: span.end_thread,
        attributes: stored_attributes(&span.attributes, names),
        attributes_cut: span.attributes_cut,
    }
}

fn stored_attributes<'a>(
    attributes: &'a [Attribute],
    names: &mut Names<'a>,
) -> Vec<StoredAttribute<'a>> {
    let stored = attributes
        .iter()
        .map(|Attribute { key, value }| StoredAttribute {
            key: names.number(key),
            value: match value {
                Value::Text(text) => StoredValue::Text(text),
                Value::Bool(yes) => StoredValue::Bool(*yes),
                Value::Int(number) => StoredValue::Int(*number),
                Value::Float(number) => StoredValue::Float(*number),
                other => StoredValue::Other(other.clone()),
            },
        });
    stored.collect()
}

fn decoded_span(
    span: StoredSpan<'_>,
    names: &[Arc<str>],
    ids: &[SpanId],
    start_ns: u64,
) -> Result<Span, NoTrace> {
    let parent = match span.parent {
        Parent::None => None,
        Parent::Here(place) => Some(*ids.get(place as usize).ok_or(NoTrace)?),
        Parent::Elsewhere(id) => Some(span_id(id)?),
    };
    let event = |event: StoredEvent<'_>| {
        Ok(Event {
            time_ns: start_ns.wrapping_add_signed(event.after_ns),
            name: name(names, event.name)?,
            attributes: decoded_attributes(event.attributes, names)?,
            attributes_cut: event.attributes_cut,
        })
    };
    let link = |link: StoredLink<'_>| {
        Ok(Link {
            trace: trace_id(link.trace)?,
            span: span_id(link.span)?,
            attributes: decoded_attributes(link.attributes, names)?,
            tracestate: link.tracestate.to_owned(),
        })
    };
    Ok(Span {
        id: span_id(span.id)?,
        parent,
        remote_parent: span.flags & REMOTE != 0,
        operation: name(names, span.operation)?,
        component: span
            .component
            .map(|number| name(names, number))
            .transpose()?,
        kind: span.kind,
        edge: span.edge,
        status: span.status,
        status_message: span.status_message.to_owned(),
        start_ns,
        end_ns: start_ns.saturating_add(span.duration_ns),
        open: span.flags & OPEN != 0,
        busy_ns: span.busy_ns,
        polls: span.polls,
        start_thread: span.start_thread,
        end_thread: span.end_thread,
        attributes: decoded_attributes(span.attributes, names)?,
        attributes_cut: span.attributes_cut,
        events: span
            .events
            .into_iter()
            .map(event)
            .collect::<Result<_, _>>()?,
        links: span.links.into_iter().map(link).collect::<Result<_, _>>()?,
    })
}

fn decoded_attributes(
    attributes: Vec<StoredAttribute<'_>>,
    names: &[Arc<str>],
) -> Result<Vec<Attribute>, NoTrace> {
    let decoded = attributes.into_iter().map(|attribute| {
        Ok(Attribute {
            key: name(names, attribute.key)?,
            value: match attribute.value {
                StoredValue::Text(text) => Value::Text(text.to_owned()),
                StoredValue::Bool(yes) => Value::Bool(yes),
                StoredValue::Int(number) => Value::Int(number),
                StoredValue::Float(number) => Value::Float(number),
                StoredValue::Other(other) => other,
            },
        })
    });
    decoded.collect()
}

fn name(names: &[Arc<str>], number: u32) -> Result<Arc<str>, NoTrace> {
    names.get(number as usize).cloned().ok_or(NoTrace)
}

fn span_id(bytes: [u8; 8]) -> Result<SpanId, NoTrace> {
    SpanId::new(u64::from_be_bytes(bytes)).ok_or(NoTrace)
}

fn trace_id(bytes: [u8; 16]) -> Result<TraceId, NoTrace> {
    TraceId::new(u128::from_be_bytes(bytes)).ok_or(NoTrace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::fixture;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_trace_comes_back_as_it_was(seed in any::<u64>()) {
            let trace = fixture::any_trace(seed);
            let back = decode(&encode(&trace)).map_err(|_| TestCaseError::fail("no trace"))?;
            prop_assert_eq!(back, trace);
        }

        #[test]
        fn other_bytes_are_no_trace_or_another(seed in any::<u64>(), at in any::<prop::sample::Index>(), byte: u8) {
            let mut bytes = encode(&fixture::any_trace(seed));
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = decode(&bytes);
            let _ = decode(&bytes[..at]);
        }
    }

    /// Of version 1. Where this fails, what lies on disk is no longer read: count the version of values up.
    #[test]
    fn the_layout_is_what_lies_on_disk() {
        let bytes = encode(&fixture::any_trace(7));
        let sum = crc32c::crc32c(&bytes);
        assert_eq!((bytes.len(), sum), (560, 1_703_884_627));
    }
}
