//! From messages to spans.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::facts::Facts;
use super::super::names;
use super::super::wire::{Event, KeyValue, Link, ResourceSpans, Span, from_base64};
use super::super::write::REMOTE;
use super::OpenedTrace;
use super::fault::{Faults, Place};
use super::traces::Traces;
use crate::model::trace::{self, Attribute, Kind, SpanId, Status, TraceId, Value};

/// Takes in messages, and gives out traces.
#[derive(Default)]
pub(super) struct Reader {
    traces: Traces,
    texts: Texts,
}

/// Texts that come again and again: names, keys, components.
#[derive(Default)]
struct Texts(HashSet<Arc<str>>);

impl Texts {
    fn one(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.0.insert(Arc::clone(&text));
        text
    }
}

/// Where spans come from.
struct Origin {
    service: Arc<str>,
    /// The component of spans that do not name one.
    component: Option<Arc<str>>,
    place: Place,
}

impl Reader {
    /// Takes in what one program has to say. A span that cannot be read is a fault, and the others are kept.
    pub(super) fn take(&mut self, message: ResourceSpans<'_>, place: Place, faults: &mut Faults) {
        let service = text(&message.resource.attributes, names::SERVICE);
        let service = self.texts.one(service.unwrap_or_default());
        // A program that does not know of components is one.
        let is_ours = text(&message.resource.attributes, names::WRITER) == Some(names::OBS);
        let whole = (!is_ours && !service.is_empty()).then(|| Arc::clone(&service));
        for scope in message.scopes {
            let component = text(&scope.scope.attributes, names::COMPONENT);
            let component = component.map(|name| self.texts.one(name));
            let origin = Origin {
                service: Arc::clone(&service),
                component: component.or_else(|| whole.clone()),
                place,
            };
            for span in scope.spans {
                self.span(span, &origin, faults);
            }
        }
    }

    pub(super) fn finish(self) -> Vec<OpenedTrace> {
        self.traces.finish()
    }

    fn span(&mut self, message: Span<'_>, origin: &Origin, faults: &mut Faults) {
        let ids = ids(&message.trace_id, &message.span_id);
        let (trace, id) = match ids {
            Ok(ids) => ids,
            Err(reason) => {
                let name = &*message.name;
                faults.add(
                    origin
                        .place
                        .fault(format!("span `{name}` is left out: {reason}")),
                );
                return;
            }
        };
        let mut facts = Facts::default();
        let (attributes, cut) = self.attributes(message.attributes, &mut facts);
        let start_ns = message.start_time_unix_nano.0;
        let end_ns = message.end_time_unix_nano.0;
        // A span without an end has not ended.
        let open = facts.open || end_ns == 0 && start_ns > 0;
        let component = facts.component.as_deref().map(|name| self.texts.one(name));
        let span = trace::Span {
            id,
            parent: parent(&message.parent_span_id),
            remote_parent: message.flags & REMOTE != 0,
            operation: self.texts.one(&message.name),
            component: component.or_else(|| origin.component.clone()),
            kind: kind(message.kind.0),
            edge: facts.edge,
            status: status(message.status.code.0, &facts),
            status_message: message.status.message.0.into_owned(),
            start_ns,
            end_ns: end_ns.max(start_ns),
            open,
            busy_ns: facts.busy_ns,
            polls: facts.polls,
            start_thread: facts.start_thread,
            end_thread: facts.end_thread,
            attributes,
            attributes_cut: message.dropped_attributes_count.saturating_add(cut),
            events: message
                .events
                .into_iter()
                .map(|event| self.event(event))
                .collect(),
            links: self.links(message.links, &message.name, origin, faults),
        };
        let about = self.traces.of(trace, &origin.service);
        about.say(span.is_entry(), &message.trace_state, &facts);
        about.spans.push(span);
    }

    fn event(&mut self, message: Event<'_>) -> trace::Event {
        let (attributes, cut) = self.said(message.attributes);
        trace::Event {
            time_ns: message.time_unix_nano.0,
            name: self.texts.one(&message.name),
            attributes,
            attributes_cut: message.dropped_attributes_count.saturating_add(cut),
        }
    }

    fn links(
        &mut self,
        messages: Vec<Link<'_>>,
        of: &str,
        origin: &Origin,
        faults: &mut Faults,
    ) -> Vec<trace::Link> {
        let mut links = Vec::with_capacity(messages.len());
        for message in messages {
            match ids(&message.trace_id, &message.span_id) {
                Ok((trace, span)) => links.push(trace::Link {
                    trace,
                    span,
                    attributes: self.said(message.attributes).0,
                    tracestate: message.trace_state.0.into_owned(),
                }),
                Err(reason) => {
                    let reason = format!("a link of span `{of}` is left out: {reason}");
                    faults.add(origin.place.fault(reason));
                }
            }
        }
        links
    }

    /// The attributes of a span that are not ours, and how many lay too deep.
    fn attributes(
        &mut self,
        messages: Vec<KeyValue<'_>>,
        facts: &mut Facts,
    ) -> (Vec<Attribute>, u32) {
        let ours = |message: &KeyValue<'_>| facts.take(&message.key, &message.value.value);
        let (_, messages): (Vec<_>, Vec<_>) = messages.into_iter().partition(ours);
        self.said(messages)
    }

    fn said(&mut self, messages: Vec<KeyValue<'_>>) -> (Vec<Attribute>, u32) {
        let cut = messages
            .iter()
            .filter(|message| message.value.is_cut)
            .count();
        let attribute = |message: KeyValue<'_>| {
            let key = &*message.key;
            Attribute {
                key: self.texts.one(key.strip_prefix(names::SAID).unwrap_or(key)),
                value: message.value.value.into_owned(),
            }
        };
        let attributes = messages.into_iter().map(attribute).collect();
        (attributes, u32::try_from(cut).unwrap_or(u32::MAX))
    }
}

/// The text of an attribute.
fn text<'a>(attributes: &'a [KeyValue<'_>], key: &str) -> Option<&'a str> {
    let of = attributes.iter().find(|attribute| &*attribute.key == key)?;
    match &*of.value.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The ids of a span or a link, or what is wrong with them.
fn ids(trace: &str, span: &str) -> Result<(TraceId, SpanId), String> {
    let trace_id = trace.parse().ok().or_else(|| trace_from_base64(trace));
    let span_id = span.parse().ok().or_else(|| span_from_base64(span));
    match (trace_id, span_id) {
        (Some(trace), Some(span)) => Ok((trace, span)),
        (None, _) => Err(format!(
            "its traceId is `{trace}`: expected 32 hexadecimal digits, not all 0"
        )),
        (_, None) => Err(format!(
            "its spanId is `{span}`: expected 16 hexadecimal digits, not all 0"
        )),
    }
}

/// Protocol buffers in general write ids as base64; OTLP does not, but some programs do.
fn trace_from_base64(text: &str) -> Option<TraceId> {
    let bytes = from_base64(text)?;
    TraceId::new(u128::from_be_bytes(bytes.try_into().ok()?))
}

fn span_from_base64(text: &str) -> Option<SpanId> {
    let bytes = from_base64(text)?;
    SpanId::new(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// None where the text is none, as some programs write zeros.
fn parent(text: &str) -> Option<SpanId> {
    text.parse().ok().or_else(|| span_from_base64(text))
}

fn kind(number: u32) -> Kind {
    match number {
        2 => Kind::Server,
        3 => Kind::Client,
        4 => Kind::Producer,
        5 => Kind::Consumer,
        _ => Kind::Internal,
    }
}

fn status(code: u32, facts: &Facts) -> Status {
    match code {
        1 => Status::Ok,
        2 if facts.panicked => Status::Panicked,
        2 => Status::Error,
        _ if facts.cancelled => Status::Cancelled,
        _ => Status::Unset,
    }
}
