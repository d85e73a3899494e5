//! What Jaeger's page downloads: JSON of its own, made into messages of OTLP, of which it was made.
//!
//! Loss: Jaeger counts in microseconds. Attributes of processes but the service's name are left out, as those of resources are.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::names;
use super::super::wire::{
    AnyValue, Enum, Event, KeyValue, Link, Number, Resource, ResourceSpans, Scope, ScopeSpans,
    Span, Text, from_base64, lenient,
};
use crate::model::trace::{Edge, Value};

/// A trace.
#[derive(Deserialize)]
pub(super) struct JaegerTrace {
    #[serde(default, deserialize_with = "lenient")]
    spans: Vec<JaegerSpan>,
    #[serde(default, deserialize_with = "lenient")]
    processes: HashMap<String, Process>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct JaegerSpan {
    #[serde(rename = "traceID")]
    trace: String,
    #[serde(rename = "spanID")]
    span: String,
    operation_name: String,
    #[serde(deserialize_with = "lenient")]
    references: Vec<Reference>,
    start_time: Number<u64>,
    duration: Number<u64>,
    #[serde(deserialize_with = "lenient")]
    tags: Vec<Tag>,
    #[serde(deserialize_with = "lenient")]
    logs: Vec<Log>,
    #[serde(rename = "processID")]
    process: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Process {
    service_name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference {
    #[serde(rename = "refType")]
    kind: String,
    #[serde(rename = "traceID")]
    trace: String,
    #[serde(rename = "spanID")]
    span: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Log {
    timestamp: Number<u64>,
    #[serde(deserialize_with = "lenient")]
    fields: Vec<Tag>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tag {
    key: String,
    #[serde(rename = "type")]
    kind: String,
    value: serde_json::Value,
}

/// The messages of a trace, one for each of its programs.
pub(super) fn messages(trace: JaegerTrace) -> Vec<ResourceSpans<'static>> {
    let mut programs: Vec<(String, Vec<Span<'static>>)> = Vec::new();
    let mut places = HashMap::new();
    for span in trace.spans {
        let place = *places.entry(span.process.clone()).or_insert_with(|| {
            let process = trace.processes.get(&span.process);
            let service = process.map(|process| process.service_name.clone());
            programs.push((service.unwrap_or_default(), Vec::new()));
            programs.len() - 1
        });
        programs[place].1.push(message(span));
    }
    let program = |(service, spans): (String, _)| ResourceSpans {
        resource: Resource {
            attributes: vec![KeyValue::text(names::SERVICE, &service)],
        },
        scopes: vec![ScopeSpans {
            scope: Scope::default(),
            spans,
        }],
    };
    programs.into_iter().map(program).collect()
}

/// Jaeger leaves out zeros at the beginning of ids.
fn id(text: &str, digits: usize) -> Text<'static> {
    if text.is_empty() {
        return Text::default();
    }
    format!("{text:0>digits$}").into()
}

fn message(span: JaegerSpan) -> Span<'static> {
    let mut message = Span {
        trace_id: id(&span.trace, 32),
        span_id: id(&span.span, 16),
        name: span.operation_name.into(),
        start_time_unix_nano: nanos(span.start_time.0),
        end_time_unix_nano: nanos(span.start_time.0.saturating_add(span.duration.0)),
        events: span.logs.into_iter().map(event).collect(),
        ..Span::default()
    };
    for tag in span.tags {
        tagged(tag, &mut message);
    }
    for reference in span.references {
        refer(reference, &span.trace, &mut message);
    }
    message
}

fn nanos(micros: u64) -> Number<u64> {
    Number(micros.saturating_mul(1_000))
}

/// The first reference within the trace is the parent, others are links.
fn refer(reference: Reference, trace: &str, message: &mut Span<'static>) {
    let is_parent = message.parent_span_id.is_empty() && reference.trace == trace;
    if !is_parent {
        message.links.push(Link {
            trace_id: id(&reference.trace, 32),
            span_id: id(&reference.span, 16),
            ..Link::default()
        });
        return;
    }
    message.parent_span_id = id(&reference.span, 16);
    // "The parent does not depend on its result", as OpenTracing had it.
    if reference.kind == "FOLLOWS_FROM" {
        let detached = KeyValue::text(names::EDGE, Edge::Detached.name());
        message.attributes.push(detached);
    }
}

/// A tag is an attribute, unless it stands for a field of OTLP.
fn tagged(tag: Tag, message: &mut Span<'static>) {
    let text = tag.value.as_str().unwrap_or_default();
    match (&*tag.key, text) {
        ("span.kind", kind) => {
            let known = ["internal", "server", "client", "producer", "consumer"];
            let number = known.iter().zip(1..).find(|(name, _)| **name == kind);
            message.kind = Enum(number.map_or(0, |(_, number)| number));
        }
        ("otel.status_code", "OK") => message.status.code = Enum(1),
        ("otel.status_code", "ERROR") => message.status.code = Enum(2),
        ("otel.status_description", said) => message.status.message = said.to_owned().into(),
        ("w3c.tracestate", state) => message.trace_state = state.to_owned().into(),
        ("error", _) if tag.value.as_bool().unwrap_or(text == "true") => {
            message.status.code = Enum(2);
        }
        _ => message.attributes.push(attribute(tag)),
    }
}

/// A log is an event, whose name is among its fields.
fn event(log: Log) -> Event<'static> {
    let (names, fields): (Vec<_>, Vec<_>) =
        log.fields.into_iter().partition(|tag| tag.key == "event");
    let name = names.into_iter().next();
    let name = name.and_then(|tag| tag.value.as_str().map(str::to_owned));
    Event {
        time_unix_nano: nanos(log.timestamp.0),
        name: name.unwrap_or_default().into(),
        attributes: fields.into_iter().map(attribute).collect(),
        ..Event::default()
    }
}

/// What its type says; numbers may be texts. What is not as its type says stays the text that it is.
fn attribute(tag: Tag) -> KeyValue<'static> {
    let text = match tag.value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    let value = match &*tag.kind {
        "bool" => text.parse().ok().map(Value::Bool),
        "int64" => text.parse().ok().map(Value::Int),
        "float64" => text.parse().ok().map(Value::Float),
        "binary" => from_base64(&text).map(Value::Bytes),
        _ => None,
    };
    KeyValue {
        key: tag.key.into(),
        value: AnyValue::from(value.unwrap_or(Value::Text(text))),
    }
}
