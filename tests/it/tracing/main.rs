//! Code that is instrumented with `tracing`, recorded by obs: what the trace store shows of it, and what its log lines say.

/// Spans of both in one tree.
mod trees;

/// Futures, and threads.
mod futures;

/// What fields say.
mod fields;

/// Where events belong, and what fails with them.
mod events;

/// Ids in log lines.
mod lines;

/// What was written to a log.
mod written;

/// What a span costs of the heap.
mod allocations;

/// What was recorded, read back.
mod stored;

use obs_runtime::model::trace::{Span, Trace, Value};

use stored::{bare, stored, stored_with, with};

/// The one trace that there is.
fn sole(mut traces: Vec<Trace>) -> Trace {
    assert_eq!(traces.len(), 1, "{traces:#?}");
    let trace = traces.remove(0);
    assert!(!trace.missing.is_incomplete(), "{:?}", trace.missing);
    trace
}

/// The one span of that name.
fn span<'t>(trace: &'t Trace, operation: &str) -> &'t Span {
    let mut spans = trace
        .spans
        .iter()
        .filter(|span| &*span.operation == operation);
    let span = spans.next();
    let span = span.unwrap_or_else(|| panic!("no span {operation} in {trace:#?}"));
    assert_eq!(spans.next(), None, "there is one {operation}");
    span
}

/// The name of a span's parent; nothing of a root.
fn parent<'t>(trace: &'t Trace, operation: &str) -> &'t str {
    let parent = span(trace, operation).parent;
    let parent = parent.and_then(|id| trace.spans.iter().find(|span| span.id == id));
    parent.map_or("", |parent| &parent.operation)
}

fn attribute<'s>(span: &'s Span, key: &str) -> Option<&'s Value> {
    value(&span.attributes, key)
}

fn value<'s>(
    attributes: &'s [obs_runtime::model::trace::Attribute],
    key: &str,
) -> Option<&'s Value> {
    let mut found = attributes.iter().filter(|attribute| &*attribute.key == key);
    let first = found.next().map(|attribute| &attribute.value);
    assert!(found.next().is_none(), "{key} is there once");
    first
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
