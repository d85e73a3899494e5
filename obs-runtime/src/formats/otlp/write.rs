//! From traces to lines.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::facts;
use super::names;
use super::wire::{
    AnyValue, Enum, Event, KeyValue, Link, Number, Resource, Scope, Span, Status, Text, is_too_deep,
};
use crate::model::trace::{self, Attribute, Kind, Trace};

/// The bits of OTLP's `flags`: W3C's sampled, whether the next one is known, and whether the parent is of another process.
const SAMPLED: u32 = 0x1;
const KNOWS_REMOTE: u32 = 0x100;
pub(super) const REMOTE: u32 = 0x200;

/// Writes a trace as one line. A trace without spans has none.
///
/// `service` is the name of the program that the trace is of, OpenTelemetry's `service.name`.
///
/// # Errors
///
/// Where `into` cannot be written to.
pub fn write(mut into: impl Write, service: &str, trace: &Trace) -> io::Result<()> {
    let mut spans: Vec<_> = trace.spans.iter().collect();
    spans.sort_by_key(|span| (span.start_ns, span.id));
    let Some(first) = spans.first() else {
        return Ok(());
    };
    // What concerns the whole trace is said once.
    let entry = spans.iter().find(|span| span.is_entry()).unwrap_or(first);
    let line = TracesData {
        resource_spans: [ResourceSpans {
            resource: Resource {
                attributes: vec![
                    KeyValue::text(names::SERVICE, service),
                    KeyValue::text(names::WRITER, names::OBS),
                    KeyValue::text(names::LANGUAGE, "rust"),
                ],
            },
            scope_spans: by_component(trace, entry, &spans),
        }],
    };
    serde_json::to_writer(&mut into, &line)?;
    into.write_all(b"\n")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TracesData<'a> {
    resource_spans: [ResourceSpans<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    resource: Resource<'a>,
    scope_spans: Vec<ScopeSpans<'a>>,
}

#[derive(Serialize)]
struct ScopeSpans<'a> {
    scope: Scope<'a>,
    spans: Spans<'a>,
}

/// The spans of one component, made into messages one by one: of a large trace there is never a second copy.
struct Spans<'a> {
    trace: &'a Trace,
    entry: &'a trace::Span,
    spans: Vec<&'a trace::Span>,
}

impl Serialize for Spans<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.collect_seq(self.spans.iter().map(|span| self.message(span)))
    }
}

/// The components in the order in which the trace comes to them.
fn by_component<'a>(
    trace: &'a Trace,
    entry: &'a trace::Span,
    spans: &[&'a trace::Span],
) -> Vec<ScopeSpans<'a>> {
    let mut places = HashMap::new();
    let mut scopes: Vec<ScopeSpans<'a>> = Vec::new();
    for &span in spans {
        let component = span.component.as_deref();
        let place = *places.entry(component).or_insert_with(|| {
            scopes.push(ScopeSpans {
                scope: scope(component),
                spans: Spans {
                    trace,
                    entry,
                    spans: Vec::new(),
                },
            });
            scopes.len() - 1
        });
        scopes[place].spans.spans.push(span);
    }
    scopes
}

fn scope(component: Option<&str>) -> Scope<'_> {
    let attribute = component.map(|component| KeyValue::text(names::COMPONENT, component));
    Scope {
        name: component.unwrap_or(names::OBS).into(),
        attributes: attribute.into_iter().collect(),
    }
}

impl<'a> Spans<'a> {
    fn message(&self, span: &'a trace::Span) -> Span<'a> {
        let is_entry = std::ptr::eq(span, self.entry);
        let (mut attributes, cut) = attributes(&span.attributes);
        attributes.extend(facts::of_span(span));
        let mut trace_state = "";
        if is_entry {
            attributes.extend(facts::of_trace(self.trace));
            trace_state = &self.trace.tracestate;
        }
        let parent = span.parent.map(|parent| parent.to_string());
        let remote = if span.remote_parent { REMOTE } else { 0 };
        Span {
            trace_id: self.trace.id.to_string().into(),
            span_id: span.id.to_string().into(),
            trace_state: trace_state.into(),
            parent_span_id: parent.unwrap_or_default().into(),
            flags: SAMPLED | KNOWS_REMOTE | remote,
            name: (&*span.operation).into(),
            kind: Enum(kind(span.kind)),
            start_time_unix_nano: Number(span.start_ns),
            end_time_unix_nano: Number(span.end_ns),
            attributes,
            dropped_attributes_count: span.attributes_cut.saturating_add(cut),
            events: span.events.iter().map(event).collect(),
            links: span.links.iter().map(link).collect(),
            status: status(span),
        }
    }
}

fn event(event: &trace::Event) -> Event<'_> {
    let (attributes, cut) = attributes(&event.attributes);
    Event {
        time_unix_nano: Number(event.time_ns),
        name: (&*event.name).into(),
        attributes,
        dropped_attributes_count: event.attributes_cut.saturating_add(cut),
    }
}

fn link(link: &trace::Link) -> Link<'_> {
    Link {
        trace_id: link.trace.to_string().into(),
        span_id: link.span.to_string().into(),
        trace_state: link.tracestate.as_str().into(),
        attributes: attributes(&link.attributes).0,
    }
}

fn status(span: &trace::Span) -> Status<'_> {
    let code = match span.status {
        trace::Status::Unset | trace::Status::Cancelled => 0,
        trace::Status::Ok => 1,
        trace::Status::Error | trace::Status::Panicked => 2,
    };
    Status {
        message: span.status_message.as_str().into(),
        code: Enum(code),
    }
}

fn kind(kind: Kind) -> u32 {
    match kind {
        Kind::Internal => 1,
        Kind::Server => 2,
        Kind::Client => 3,
        Kind::Producer => 4,
        Kind::Consumer => 5,
    }
}

/// What people said, and how many of it lay too deep to be written whole.
fn attributes(said: &[Attribute]) -> (Vec<KeyValue<'_>>, u32) {
    let cut = said.iter().filter(|said| is_too_deep(&said.value)).count();
    let messages = said.iter().map(|said| KeyValue {
        key: escaped(&said.key),
        value: AnyValue::from(&said.value),
    });
    (messages.collect(), u32::try_from(cut).unwrap_or(u32::MAX))
}

/// A key that is not one of ours.
fn escaped(key: &str) -> Text<'_> {
    if names::is_taken(key) {
        return format!("{}{key}", names::SAID).into();
    }
    key.into()
}
