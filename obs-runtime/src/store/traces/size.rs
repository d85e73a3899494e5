//! How much memory a trace takes.

use std::collections::HashSet;
use std::mem::size_of;
use std::sync::Arc;

use crate::model::trace::{Attribute, Event, Link, Span, Trace, Value};

/// What the allocator adds to each piece, on average.
const PIECE: usize = 16;

/// What an `Arc` has besides what is in it.
const COUNTS: usize = 2 * size_of::<usize>();

/// Bytes that a trace takes: everything that it holds, a text that several of its spans share once. A text that other traces share
/// as well counts for each of them, so the sum is never too low.
pub(super) fn bytes(trace: &Trace) -> u64 {
    let own = size_of::<Trace>() + COUNTS + piece(trace.tracestate.capacity());
    let unused = trace.spans.capacity() - trace.spans.len();
    (own + unused * size_of::<Span>()) as u64 + span_bytes_of(&trace.spans)
}

/// Bytes that spans take.
pub(super) fn span_bytes_of(spans: &[Span]) -> u64 {
    let mut shared = HashSet::new();
    let mut text = |text: &Arc<str>| match shared.insert(Arc::as_ptr(text)) {
        true => text.len() + COUNTS + PIECE,
        false => 0,
    };
    let within: usize = spans.iter().map(|span| span_bytes(span, &mut text)).sum();
    (piece(size_of_val(spans)) + within) as u64
}

/// What a piece of the heap takes.
fn piece(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { bytes + PIECE }
}

fn span_bytes(span: &Span, text: &mut impl FnMut(&Arc<str>) -> usize) -> usize {
    let mut bytes = text(&span.operation)
        + span.component.as_ref().map_or(0, &mut *text)
        + piece(span.status_message.capacity())
        + attribute_bytes(&span.attributes, span.attributes.capacity(), text)
        + piece(span.events.capacity() * size_of::<Event>())
        + piece(span.links.capacity() * size_of::<Link>());
    for event in &span.events {
        bytes += text(&event.name)
            + attribute_bytes(&event.attributes, event.attributes.capacity(), text);
    }
    for link in &span.links {
        bytes += piece(link.tracestate.capacity());
        bytes += attribute_bytes(&link.attributes, link.attributes.capacity(), text);
    }
    bytes
}

fn attribute_bytes(
    attributes: &[Attribute],
    capacity: usize,
    text: &mut impl FnMut(&Arc<str>) -> usize,
) -> usize {
    let values = attributes
        .iter()
        .map(|attribute| text(&attribute.key) + value_bytes(&attribute.value));
    piece(capacity * size_of::<Attribute>()) + values.sum::<usize>()
}

fn value_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => piece(text.capacity()),
        Value::Bytes(bytes) => piece(bytes.capacity()),
        Value::List(values) => {
            piece(values.capacity() * size_of::<Value>())
                + values.iter().map(value_bytes).sum::<usize>()
        }
        Value::Map(values) => {
            let pairs = values
                .iter()
                .map(|(key, value)| piece(key.capacity()) + value_bytes(value));
            piece(values.capacity() * size_of::<(String, Value)>()) + pairs.sum::<usize>()
        }
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Empty => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::fixture::{any_trace, span, trace};

    #[test]
    fn a_shared_name_counts_once() {
        let name: Arc<str> = Arc::from("a name of some length");
        let mut spans: Vec<_> = (1..=50).map(|id| span(id, None, "", (0, 1))).collect();
        let apart = bytes(&trace(1, spans.clone()));
        spans
            .iter_mut()
            .for_each(|span| span.operation = Arc::clone(&name));
        let together = bytes(&trace(1, spans));
        assert!(together < apart, "{together} {apart}");
        assert!(together as usize >= 50 * size_of::<Span>() + name.len());
        assert!(bytes(&any_trace(1)) > 0);
    }
}
