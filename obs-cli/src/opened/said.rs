//! What is said of spans, from the words of a trace to those of the wire.

use obs_runtime::api::traces as wire;
use obs_runtime::evaluate::critical_path::Class;
use obs_runtime::model::trace::{Attribute, Edge, Event, Kind, Link, Policy, Span, Status, Value};

/// A span, without where it hangs and how it stands to the critical path.
pub(super) fn span(span: &Span, trace_start_ns: u64) -> wire::Span {
    wire::Span {
        id: span.id.to_string(),
        parent: span.parent.map(|parent| parent.to_string()),
        remote_parent: span.remote_parent,
        operation: span.operation.as_ref().to_owned(),
        component: span.component.as_deref().map(str::to_owned),
        kind: kind(span.kind),
        edge: edge(span.edge),
        status: status(span.status),
        status_message: span.status_message.clone(),
        start_ns: span.start_ns.saturating_sub(trace_start_ns),
        end_ns: span.end_ns.saturating_sub(trace_start_ns),
        open: span.open,
        busy_ns: span.busy_ns,
        polls: span.polls,
        start_thread: span.start_thread,
        end_thread: span.end_thread,
        attributes: attributes(&span.attributes),
        attributes_cut: span.attributes_cut,
        events: span
            .events
            .iter()
            .map(|happened| event(happened, trace_start_ns))
            .collect(),
        links: span.links.iter().map(link).collect(),
        ..wire::Span::default()
    }
}

/// What a piece of a path went to.
pub(super) fn class(class: Class) -> wire::Class {
    match class {
        Class::Run => wire::Class::Run,
        Class::Wait => wire::Class::Wait,
        Class::Queue => wire::Class::Queue,
        Class::Overlap => wire::Class::Overlap,
        Class::Gap => wire::Class::Gap,
        Class::Open => wire::Class::Open,
    }
}

/// Adds time to that of its class.
pub(super) fn add(times: &mut wire::ByClass, class: wire::Class, ns: u64) {
    let time = match class {
        wire::Class::Run => &mut times.run_ns,
        wire::Class::Wait => &mut times.wait_ns,
        wire::Class::Queue => &mut times.queue_ns,
        wire::Class::Overlap => &mut times.overlap_ns,
        wire::Class::Gap => &mut times.gap_ns,
        wire::Class::Open => &mut times.open_ns,
        _ => return,
    };
    *time = time.saturating_add(ns);
}

/// What kept a trace.
pub(super) fn policy(policy: Policy) -> wire::Policy {
    match policy {
        Policy::Forced => wire::Policy::Forced,
        Policy::Error => wire::Policy::Error,
        Policy::Slow => wire::Policy::Slow,
        Policy::Rare => wire::Policy::Rare,
        Policy::Baseline => wire::Policy::Baseline,
        Policy::Imported => wire::Policy::Imported,
    }
}

fn kind(kind: Kind) -> wire::SpanKind {
    match kind {
        Kind::Internal => wire::SpanKind::Internal,
        Kind::Server => wire::SpanKind::Server,
        Kind::Client => wire::SpanKind::Client,
        Kind::Producer => wire::SpanKind::Producer,
        Kind::Consumer => wire::SpanKind::Consumer,
    }
}

fn edge(edge: Edge) -> wire::Edge {
    match edge {
        Edge::Call => wire::Edge::Call,
        Edge::Detached => wire::Edge::Detached,
        Edge::Queue => wire::Edge::Queue,
    }
}

fn status(status: Status) -> wire::Status {
    match status {
        Status::Unset => wire::Status::Unset,
        Status::Ok => wire::Status::Ok,
        Status::Error => wire::Status::Error,
        Status::Panicked => wire::Status::Panicked,
        Status::Cancelled => wire::Status::Cancelled,
    }
}

fn attributes(attributes: &[Attribute]) -> Vec<wire::Attribute> {
    let told = |attribute: &Attribute| wire::Attribute {
        key: attribute.key.as_ref().to_owned(),
        value: value(&attribute.value),
    };
    attributes.iter().map(told).collect()
}

fn value(told: &Value) -> wire::AttributeValue {
    match told {
        Value::Text(text) => wire::AttributeValue::Text(text.clone()),
        Value::Bool(yes) => wire::AttributeValue::Bool(*yes),
        Value::Int(number) => wire::AttributeValue::Int(*number),
        Value::Float(number) => wire::AttributeValue::Float(*number),
        Value::List(values) => wire::AttributeValue::List(values.iter().map(value).collect()),
        Value::Map(values) => {
            let told = |(key, inner): &(String, Value)| (key.clone(), value(inner));
            wire::AttributeValue::Map(values.iter().map(told).collect())
        }
        Value::Bytes(bytes) => {
            wire::AttributeValue::Bytes(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        Value::Empty => wire::AttributeValue::Empty(true),
    }
}

fn event(event: &Event, trace_start_ns: u64) -> wire::Event {
    let after = i128::from(event.time_ns) - i128::from(trace_start_ns);
    let most = if after < 0 { i64::MIN } else { i64::MAX };
    wire::Event {
        time_ns: i64::try_from(after).unwrap_or(most),
        name: event.name.as_ref().to_owned(),
        attributes: attributes(&event.attributes),
        attributes_cut: event.attributes_cut,
    }
}

fn link(link: &Link) -> wire::Link {
    wire::Link {
        trace: link.trace.to_string(),
        span: link.span.to_string(),
        attributes: attributes(&link.attributes),
        tracestate: link.tracestate.clone(),
    }
}
