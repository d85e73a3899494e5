//! What obs knows of a span and OTLP has no field for, as attributes and back.

use super::names;
use super::wire::KeyValue;
use crate::model::trace::{Edge, Kept, Missing, Policy, Span, Status, Trace, Value};

/// The attributes for what OTLP has no field for.
pub(super) fn of_span(span: &Span) -> Vec<KeyValue<'static>> {
    let mut facts = Vec::new();
    if span.edge != Edge::Call {
        facts.push(KeyValue::text(names::EDGE, span.edge.name()));
    }
    if let Some(busy) = span.busy_ns {
        facts.push(number(names::BUSY_NS, busy));
    }
    let polls = Some(span.polls).filter(|polls| *polls > 0);
    for (name, value) in [
        (names::POLLS, polls),
        (names::START_THREAD, span.start_thread),
        (names::END_THREAD, span.end_thread),
    ] {
        facts.extend(value.map(|value| number(name, value.into())));
    }
    for (name, is_so) in [
        (names::OPEN, span.open),
        (names::PANICKED, span.status == Status::Panicked),
        (names::CANCELLED, span.status == Status::Cancelled),
    ] {
        facts.extend(is_so.then(|| KeyValue::new(name, Value::Bool(true))));
    }
    facts
}

/// The attributes for what is known of a trace as a whole.
pub(super) fn of_trace(trace: &Trace) -> Vec<KeyValue<'static>> {
    let mut facts = vec![
        KeyValue::text(names::POLICY, trace.kept.policy.name()),
        KeyValue::new(names::WEIGHT, Value::Float(trace.kept.weight)),
    ];
    let missing = &trace.missing;
    if missing.ring_full {
        facts.push(KeyValue::new(names::RING_FULL, Value::Bool(true)));
    }
    for (name, count) in [
        (names::SPANS_OVER_LIMIT, missing.spans_over_limit),
        (names::ORPHANS, missing.orphans),
        (names::OPEN_SPANS, missing.open),
        (names::DUPLICATES, missing.duplicates),
    ] {
        facts.extend((count > 0).then(|| number(name, count)));
    }
    facts
}

/// OTLP's integers have a sign: what does not fit is a text.
fn number(name: &'static str, number: u64) -> KeyValue<'static> {
    let value = i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Int);
    KeyValue::new(name, value)
}

/// What the attributes of a span say beyond OTLP's fields.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) component: Option<String>,
    pub(super) edge: Edge,
    pub(super) busy_ns: Option<u64>,
    pub(super) polls: u32,
    pub(super) start_thread: Option<u32>,
    pub(super) end_thread: Option<u32>,
    pub(super) open: bool,
    pub(super) panicked: bool,
    pub(super) cancelled: bool,
    pub(super) kept: Option<Kept>,
    pub(super) missing: Missing,
}

impl Facts {
    /// Takes an attribute that is one of ours. Returns whether it was; one with a value that we would not write is not.
    pub(super) fn take(&mut self, key: &str, value: &Value) -> bool {
        if !names::is_taken(key) {
            return false;
        }
        self.of_span(key, value).is_some() || self.of_trace(key, value).is_some()
    }

    fn of_span(&mut self, key: &str, value: &Value) -> Option<()> {
        match key {
            names::COMPONENT => self.component = Some(text(value)?.to_owned()),
            names::EDGE => {
                let known = [Edge::Call, Edge::Detached, Edge::Queue];
                self.edge = find(&known, Edge::name, value)?;
            }
            names::BUSY_NS => self.busy_ns = Some(count(value)?),
            names::POLLS => self.polls = count(value)?.try_into().ok()?,
            names::START_THREAD => self.start_thread = Some(count(value)?.try_into().ok()?),
            names::END_THREAD => self.end_thread = Some(count(value)?.try_into().ok()?),
            names::OPEN => self.open = truth(value)?,
            names::PANICKED => self.panicked = truth(value)?,
            names::CANCELLED => self.cancelled = truth(value)?,
            _ => return None,
        }
        Some(())
    }

    fn of_trace(&mut self, key: &str, value: &Value) -> Option<()> {
        match key {
            names::POLICY => self.kept().policy = find(&Policy::ALL, Policy::name, value)?,
            names::WEIGHT => match *value {
                Value::Float(weight) => self.kept().weight = weight,
                Value::Int(weight) => self.kept().weight = weight as f64,
                _ => return None,
            },
            names::RING_FULL => self.missing.ring_full = truth(value)?,
            names::SPANS_OVER_LIMIT => self.missing.spans_over_limit = count(value)?,
            names::ORPHANS => self.missing.orphans = count(value)?,
            names::OPEN_SPANS => self.missing.open = count(value)?,
            names::DUPLICATES => self.missing.duplicates = count(value)?,
            _ => return None,
        }
        Some(())
    }

    fn kept(&mut self) -> &mut Kept {
        self.kept.get_or_insert(IMPORTED)
    }
}

/// Why a trace is here whose file does not say why it was kept.
pub(super) const IMPORTED: Kept = Kept {
    policy: Policy::Imported,
    weight: 1.0,
};

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        _ => None,
    }
}

fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn find<T: Copy>(known: &[T], name: fn(T) -> &'static str, value: &Value) -> Option<T> {
    let text = text(value)?;
    known.iter().copied().find(|one| name(*one) == text)
}
