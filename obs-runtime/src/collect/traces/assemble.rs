//! From the records of a trace to what is kept of it.

use std::collections::HashMap;
use std::sync::Arc;

use obs::collector::spans::{self, Anchor, Key, Kind as Role, Reading, Record, Value as Raw, What};

use super::LONG_POLL_NS;
use super::live::Live;
use super::names::Names;
use super::outline::{edge, status};
use crate::model::trace::{
    Attribute, Event, Kept, Kind, Link, Missing, Span, SpanId, Status, Trace, TraceId, Value,
};

/// What one span may have of each; more is counted.
const MOST_ATTRIBUTES: usize = 64;
const MOST_EVENTS: usize = 64;
const MOST_LINKS: usize = 16;

/// The attribute of a span of which a poll blocked its executor: how long the longest took, in nanoseconds.
const LONGEST_POLL: &str = "poll.longest_ns";

/// Puts a trace together.
pub(super) fn trace(
    live: &Live,
    missing: Missing,
    kept: Kept,
    names: &Names,
    anchor: &Anchor,
) -> Option<Trace> {
    let id = TraceId::new(live.id)?;
    let mut assembly = Assembly {
        spans: Vec::new(),
        places: HashMap::new(),
        names,
        anchor,
        duplicates: 0,
        tracestate: String::new(),
        state_of: None,
    };
    for record in live.records() {
        if record.what() == What::End {
            assembly.add_span(record, false);
        }
    }
    for record in live.records() {
        if record.what() == What::Start
            && live.is_awaited(record.span())
            && !assembly.places.contains_key(&record.span())
        {
            assembly.add_span(record, true);
        }
    }
    for record in live.records() {
        assembly.add_what_is_said(record);
    }
    assembly.add_gaps(live);
    Some(assembly.finish(id, missing, kept))
}

struct Assembly<'a> {
    spans: Vec<Span>,
    /// Where spans are, by number.
    places: HashMap<u64, usize>,
    names: &'a Names,
    anchor: &'a Anchor,
    duplicates: u64,
    tracestate: String,
    /// The span that the caller's `tracestate` is taken of: each call of one caller brings it along.
    state_of: Option<u64>,
}

impl Assembly<'_> {
    fn add_span(&mut self, record: Record<'_>, open: bool) {
        let Some(id) = SpanId::new(spans::outside(record.span())) else {
            return;
        };
        if self.places.contains_key(&record.span()) {
            self.duplicates += 1;
            return;
        }
        self.places.insert(record.span(), self.spans.len());
        let start_ns = self.time(record.start());
        let end_ns = if open {
            self.anchor.unix_ns()
        } else {
            self.time(record.end())
        };
        let polled = record.polled();
        let is_monotonic = record.start().monotonic;
        let longest_ns = polled.map_or(0, |polled| self.anchor.ns(polled.longest, is_monotonic));
        let longest = (longest_ns >= LONG_POLL_NS).then(|| Attribute {
            key: LONGEST_POLL.into(),
            value: Value::Int(i64::try_from(longest_ns).unwrap_or(i64::MAX)),
        });
        self.spans.push(Span {
            id,
            parent: parent(record),
            remote_parent: record.is_remote(),
            operation: self.names.operation(record.site()),
            component: self.names.component(record.component()),
            kind: kind(record.kind()),
            edge: edge(record.edge()),
            status: status(record.status()),
            status_message: String::new(),
            start_ns,
            end_ns: end_ns.max(start_ns),
            open,
            busy_ns: polled.map(|polled| self.anchor.ns(polled.busy, is_monotonic)),
            polls: polled.map_or(0, |polled| u32::try_from(polled.count).unwrap_or(u32::MAX)),
            start_thread: (record.is_of_one_thread() && record.thread() != 0)
                .then(|| record.thread()),
            end_thread: (!open && record.thread() != 0).then(|| record.thread()),
            attributes: longest.into_iter().collect(),
            attributes_cut: 0,
            events: Vec::new(),
            links: Vec::new(),
        });
    }

    /// Tells of what is missing at the root: times in which records were dropped as events, and how much there was no room for.
    fn add_gaps(&mut self, live: &Live) {
        let root = live.root.and_then(|root| self.places.get(&root).copied());
        let Some(span) = self.spans.get_mut(root.unwrap_or(0)) else {
            return;
        };
        let cut = u32::try_from(live.said_over_limit).unwrap_or(u32::MAX);
        span.attributes_cut = span.attributes_cut.saturating_add(cut);
        for gap in &live.gaps {
            let time = |reading: Reading| self.anchor.unix_ns_of(reading.at, reading.monotonic);
            let (first, last) = (time(gap.first), time(gap.last));
            let attribute = |key: &str, number: u64| Attribute {
                key: key.into(),
                value: Value::Int(i64::try_from(number).unwrap_or(i64::MAX)),
            };
            span.events.push(Event {
                time_ns: first,
                name: "records dropped".into(),
                attributes: vec![
                    attribute("records", gap.records),
                    attribute("duration_ns", last.saturating_sub(first)),
                    attribute("thread", u64::from(gap.thread)),
                ],
                attributes_cut: 0,
            });
        }
    }

    fn add_what_is_said(&mut self, record: Record<'_>) {
        if record.what() == What::State {
            if *self.state_of.get_or_insert(record.span()) == record.span() {
                self.tracestate += &record.text();
            }
            return;
        }
        let Some(span) = self.places.get(&record.span()) else {
            return;
        };
        let span = &mut self.spans[*span];
        match record.what() {
            What::Start if record.polled().is_none() && span.start_thread.is_none() => {
                span.start_thread = (record.thread() != 0).then(|| record.thread());
            }
            What::Attributes => {
                if record.status() == spans::Status::Error && !span.status.is_failure() {
                    span.status = Status::Error;
                }
                add_attributes(record, self.names, span);
            }
            What::Event => {
                let (attributes, cut) = attributes(record, self.names);
                let time = record.time();
                let time_ns = self.anchor.unix_ns_of(time.at, time.monotonic);
                add_event(record, self.names, time_ns, attributes, cut, span);
            }
            What::Link => {
                let ([high, low], other) = record.linked();
                let trace = TraceId::new(u128::from(high) << 64 | u128::from(low));
                if let (Some(trace), Some(other)) = (trace, SpanId::new(other)) {
                    if span.links.len() < MOST_LINKS {
                        span.links.push(Link {
                            trace,
                            span: other,
                            attributes: Vec::new(),
                            tracestate: String::new(),
                        });
                    } else {
                        span.attributes_cut += 1;
                    }
                }
            }
            _ => {}
        }
    }

    fn finish(mut self, id: TraceId, missing: Missing, kept: Kept) -> Trace {
        for span in &mut self.spans {
            span.events.sort_by_key(|event| event.time_ns);
        }
        self.spans.sort_by_key(|span| (span.start_ns, span.id));
        let mut ids: Vec<SpanId> = self.spans.iter().map(|span| span.id).collect();
        ids.sort_unstable();
        let is_orphan = |span: &&Span| {
            let parent = span.parent.filter(|_| !span.remote_parent);
            parent.is_some_and(|parent| ids.binary_search(&parent).is_err())
        };
        let orphans = self.spans.iter().filter(is_orphan).count() as u64;
        let open = self.spans.iter().filter(|span| span.open).count() as u64;
        Trace {
            id,
            spans: self.spans,
            kept,
            missing: Missing {
                orphans,
                open,
                duplicates: self.duplicates,
                ..missing
            },
            tracestate: self.tracestate,
        }
    }

    fn time(&self, reading: Reading) -> u64 {
        self.anchor.unix_ns_of(reading.at, reading.monotonic)
    }
}

pub(super) fn parent(record: Record<'_>) -> Option<SpanId> {
    match record.parent() {
        0 => None,
        remote if record.is_remote() => SpanId::new(remote),
        number => SpanId::new(spans::outside(number)),
    }
}

fn add_attributes(record: Record<'_>, names: &Names, span: &mut Span) {
    let (attributes, cut) = attributes(record, names);
    span.attributes_cut += cut;
    for attribute in attributes {
        if attribute.key.is_empty() {
            span.status_message = attribute.value.to_string();
        } else if let Some(same) = span
            .attributes
            .iter_mut()
            .find(|same| same.key == attribute.key)
        {
            // What was said last holds.
            same.value = attribute.value;
        } else if span.attributes.len() < MOST_ATTRIBUTES {
            span.attributes.push(attribute);
        } else {
            span.attributes_cut += 1;
        }
    }
}

fn add_event(
    record: Record<'_>,
    names: &Names,
    time_ns: u64,
    attributes: Vec<Attribute>,
    cut: u32,
    span: &mut Span,
) {
    let name = names.operation(record.site());
    let last = span.events.iter_mut().rev();
    let mut same = last.filter(|event| event.time_ns == time_ns && event.name == name);
    if let (true, Some(event)) = (record.is_continued(), same.next()) {
        event.attributes.extend(attributes);
        event.attributes_cut += cut;
    } else if span.events.len() < MOST_EVENTS {
        span.events.push(Event {
            time_ns,
            name,
            attributes,
            attributes_cut: cut,
        });
    } else {
        span.attributes_cut += 1;
    }
}

/// The attributes of a record, and how many of them were cut.
fn attributes(record: Record<'_>, names: &Names) -> (Vec<Attribute>, u32) {
    let site = names.site(record.site());
    let (mut attributes, mut cut) = (Vec::new(), 0);
    record.attributes(|attribute| {
        cut += u32::from(attribute.cut);
        let key: Arc<str> = match attribute.key {
            Key::Text(key) => key.into(),
            Key::Number(number) => match site.and_then(|site| site.keys.get(usize::from(number))) {
                Some(key) => key.clone(),
                None => "?".into(),
            },
        };
        let value = value(attribute.value);
        attributes.push(Attribute { key, value });
    });
    (attributes, cut)
}

fn value(value: Raw<'_>) -> Value {
    match value {
        Raw::Text(text) => Value::Text(text.to_owned()),
        Raw::Bool(yes) => Value::Bool(yes),
        Raw::Int(number) => Value::Int(number),
        // As a text where it is larger than what other systems take.
        Raw::Unsigned(number) => {
            i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Int)
        }
        Raw::Float(number) => Value::Float(number),
        _ => Value::Empty,
    }
}

pub(super) fn kind(kind: Role) -> Kind {
    match kind {
        Role::Internal => Kind::Internal,
        Role::Server => Kind::Server,
        Role::Client => Kind::Client,
        Role::Producer => Kind::Producer,
        Role::Consumer => Kind::Consumer,
    }
}
