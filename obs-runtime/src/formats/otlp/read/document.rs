//! The objects that hold traces, and those that do not.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::wire::{ResourceSpans, Text};
use super::fault::{Faults, Place};
use super::foreign;
use super::frames::Broken;
use super::jaeger::{self, JaegerTrace};
use super::spans::Reader;

/// Reads an object, or as much of it as there is.
pub(super) fn read(
    value: &[u8],
    at: Place,
    broken: Option<Broken>,
    reader: &mut Reader,
    faults: &mut Faults,
) {
    let mut kind = Kind::Empty;
    let mut from = serde_json::Deserializer::from_slice(value);
    let document = Document {
        reader,
        faults,
        at,
        kind: &mut kind,
    };
    match document.deserialize(&mut from) {
        Ok(()) => match kind {
            Kind::Traces | Kind::Empty => {}
            Kind::Other(what) => faults.add(at.fault(what)),
        },
        Err(error) => {
            let place = at.within(error.line(), error.column());
            let reason = broken.map_or_else(|| reason(&error), |broken| broken.reason(at));
            faults.add(place.fault(reason));
        }
    }
}

/// What an error says, without the place that it has in the object.
fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rsplit_once(" at line ") {
        Some((reason, _)) => reason.to_owned(),
        None => said,
    }
}

impl Broken {
    fn reason(self, began: Place) -> String {
        let Place { line, column } = began;
        let what = match self {
            Broken::EndOfFile => "the file ends before the object does",
            Broken::EndOfLine => "the line ends inside a text",
            Broken::NextRecord => "the next object begins before this one ends",
            Broken::TooLong => {
                return format!(
                    "the object that begins at line {line}, column {column} is longer than the limit: write a trace a line"
                );
            }
        };
        format!(
            "{what}, which began at line {line}, column {column}: it was cut off, and what of it is whole is kept"
        )
    }
}

/// What an object has turned out to be.
enum Kind {
    /// It has no keys.
    Empty,
    /// It has traces.
    Traces,
    /// It has none; this is what it has.
    Other(&'static str),
}

/// Reads an object with `resourceSpans`; each of these is taken in as soon as it is whole.
struct Document<'r> {
    reader: &'r mut Reader,
    faults: &'r mut Faults,
    at: Place,
    kind: &'r mut Kind,
}

impl Document<'_> {
    fn again(&mut self) -> Document<'_> {
        Document {
            reader: self.reader,
            faults: self.faults,
            at: self.at,
            kind: self.kind,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `resourceSpans`")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut from: A) -> Result<(), A::Error> {
        while let Some(key) = from.next_key::<Text<'_>>()? {
            match &*key {
                "resourceSpans" | "resource_spans" => {
                    *self.kind = Kind::Traces;
                    from.next_value_seed(Each(self.again()))?;
                }
                // What Jaeger wraps its answers in, and what its page downloads.
                "result" => from.next_value_seed(self.again())?,
                "data" => {
                    *self.kind = Kind::Traces;
                    from.next_value_seed(EachOfJaeger(self.again()))?;
                }
                key => {
                    let what = foreign::kind(key);
                    match *self.kind {
                        Kind::Traces => {}
                        Kind::Other(known) if known != foreign::UNKNOWN => {}
                        _ => *self.kind = Kind::Other(what.unwrap_or(foreign::UNKNOWN)),
                    }
                    from.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Reads an array of resource spans.
struct Each<'r>(Document<'r>);

impl<'de> DeserializeSeed<'de> for Each<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Each<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of resource spans")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<(), A::Error> {
        while let Some(spans) = from.next_element::<ResourceSpans<'de>>()? {
            self.0.reader.take(spans, self.0.at, self.0.faults);
        }
        Ok(())
    }
}

/// Reads an array of traces as Jaeger's page has them.
struct EachOfJaeger<'r>(Document<'r>);

impl<'de> DeserializeSeed<'de> for EachOfJaeger<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EachOfJaeger<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of traces of Jaeger's")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<(), A::Error> {
        while let Some(trace) = from.next_element::<JaegerTrace>()? {
            for spans in jaeger::messages(trace) {
                self.0.reader.take(spans, self.0.at, self.0.faults);
            }
        }
        Ok(())
    }
}
