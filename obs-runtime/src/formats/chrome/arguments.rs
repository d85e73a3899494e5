//! What is said of a span, as arguments: JSON that viewers show beside it.

use std::collections::HashMap;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::super::otlp::MAX_DEPTH;
use crate::model::trace::{Attribute, Edge, Event, Span, Value};

/// The arguments of a span.
pub(super) struct OfSpan<'a>(pub(super) &'a Span);

/// The arguments of an event.
pub(super) struct OfEvent<'a>(pub(super) &'a Event);

impl Serialize for OfSpan<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let span = self.0;
        let mut map = into.serialize_map(None)?;
        map.serialize_entry("span", &span.id.to_string())?;
        if let Some(parent) = span.parent {
            let name = if span.remote_parent {
                "remote_parent"
            } else {
                "parent"
            };
            map.serialize_entry(name, &parent.to_string())?;
        }
        if let Some(component) = &span.component {
            map.serialize_entry("component", &**component)?;
        }
        map.serialize_entry("kind", span.kind.name())?;
        map.serialize_entry("status", span.status.name())?;
        if !span.status_message.is_empty() {
            map.serialize_entry("status_message", &span.status_message)?;
        }
        if span.edge != Edge::Call {
            map.serialize_entry("edge", span.edge.name())?;
        }
        if span.open {
            map.serialize_entry("open", &true)?;
        }
        if let Some(busy) = span.busy_ns {
            map.serialize_entry("busy_ns", &Integer(busy.into()))?;
            map.serialize_entry("polls", &span.polls)?;
        }
        for (name, thread) in [
            ("start_thread", span.start_thread),
            ("end_thread", span.end_thread),
        ] {
            if let Some(thread) = thread {
                map.serialize_entry(name, &thread)?;
            }
        }
        attributes(&span.attributes, span.attributes_cut, &mut map)?;
        if !span.links.is_empty() {
            let links = span.links.iter();
            let links = links.map(|link| format!("{}/{}", link.trace, link.span));
            map.serialize_entry("links", &links.collect::<Vec<_>>())?;
        }
        map.end()
    }
}

impl Serialize for OfEvent<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let mut map = into.serialize_map(None)?;
        attributes(&self.0.attributes, self.0.attributes_cut, &mut map)?;
        map.end()
    }
}

fn attributes<M: SerializeMap>(said: &[Attribute], cut: u32, into: &mut M) -> Result<(), M::Error> {
    if !said.is_empty() {
        into.serialize_entry("attributes", &Attributes(said))?;
    }
    if cut > 0 {
        into.serialize_entry("attributes_cut", &cut)?;
    }
    Ok(())
}

struct Attributes<'a>(&'a [Attribute]);

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let mut names = Names::default();
        let mut map = into.serialize_map(Some(self.0.len()))?;
        for said in self.0 {
            map.serialize_entry(&names.one(&said.key), &At(&said.value, 0))?;
        }
        map.end()
    }
}

/// The keys of an object, of which no two may be alike.
#[derive(Default)]
struct Names(HashMap<String, u64>);

impl Names {
    /// The key, and a number behind it unless it is the first of its kind.
    fn one(&mut self, key: &str) -> String {
        let mut number = self.0.get(key).map_or(1, |number| number + 1);
        let mut name = key.to_owned();
        // Another key may be called like this one with its number: then the next number is tried.
        while self.0.contains_key(&name) {
            name = format!("{key} ({number})");
            number += u64::from(self.0.contains_key(&name));
        }
        self.0.insert(name.clone(), 1);
        self.0.insert(key.to_owned(), number);
        name
    }
}

/// A value at a depth.
struct At<'a>(&'a Value, usize);

impl Serialize for At<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let At(value, depth) = *self;
        match value {
            _ if depth > MAX_DEPTH => into.serialize_str("…"),
            Value::Text(text) => into.serialize_str(text),
            Value::Bool(yes) => into.serialize_bool(*yes),
            Value::Int(number) => Integer((*number).into()).serialize(into),
            Value::Float(number) if number.is_finite() => into.serialize_f64(*number),
            Value::Float(_) | Value::Bytes(_) => into.collect_str(value),
            Value::Empty => into.serialize_unit(),
            Value::List(values) => {
                let mut list = into.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&At(value, depth + 1))?;
                }
                list.end()
            }
            Value::Map(values) => {
                let mut names = Names::default();
                let mut map = into.serialize_map(Some(values.len()))?;
                for (key, value) in values {
                    map.serialize_entry(&names.one(key), &At(value, depth + 1))?;
                }
                map.end()
            }
        }
    }
}

/// An integer: a number as far as JavaScript has it exactly, else its text.
struct Integer(i128);

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        const EXACT: i128 = 1 << 53;
        match i64::try_from(self.0) {
            Ok(number) if (-EXACT..=EXACT).contains(&self.0) => into.serialize_i64(number),
            _ => into.collect_str(&self.0),
        }
    }
}
