//! What an attribute holds: OTLP's `AnyValue`, nested to a bounded depth; how it is written.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Number;
use super::base64::to_base64;
use crate::model::trace::Value;

/// How deep lists and maps in an attribute may lie in each other; what is deeper is emptied.
pub const MAX_DEPTH: usize = 20;

/// A value, and whether something in it lay too deep.
pub(crate) struct AnyValue<'a> {
    pub(crate) value: Cow<'a, Value>,
    /// Whether something that lay deeper than [`MAX_DEPTH`] was emptied.
    pub(crate) is_cut: bool,
}

impl Default for AnyValue<'_> {
    fn default() -> Self {
        AnyValue::from(Value::Empty)
    }
}

impl From<Value> for AnyValue<'_> {
    fn from(value: Value) -> Self {
        AnyValue {
            value: Cow::Owned(value),
            is_cut: false,
        }
    }
}

impl<'a> From<&'a Value> for AnyValue<'a> {
    fn from(value: &'a Value) -> AnyValue<'a> {
        AnyValue {
            value: Cow::Borrowed(value),
            is_cut: false,
        }
    }
}

/// Whether lists and maps in a value lie deeper than [`MAX_DEPTH`].
pub(crate) fn is_too_deep(value: &Value) -> bool {
    let mut left = vec![(value, 0)];
    while let Some((value, depth)) = left.pop() {
        if depth > MAX_DEPTH {
            return true;
        }
        match value {
            Value::List(values) => left.extend(values.iter().map(|value| (value, depth + 1))),
            Value::Map(values) => left.extend(values.iter().map(|(_, value)| (value, depth + 1))),
            _ => {}
        }
    }
    false
}

/// What a list or a map holds whose members would lie too deep.
const NOTHING: List<'_> = List(&[], MAX_DEPTH + 1);

/// A value at a depth.
struct At<'a>(&'a Value, usize);
/// The members of a list.
struct List<'a>(&'a [Value], usize);
/// The members of a map.
struct Map<'a>(&'a [(String, Value)], usize);

impl Serialize for AnyValue<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        At(&self.value, 0).serialize(into)
    }
}

impl Serialize for At<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let At(value, depth) = *self;
        let mut map = into.serialize_map(None)?;
        match value {
            Value::Text(text) => map.serialize_entry("stringValue", text)?,
            Value::Bool(yes) => map.serialize_entry("boolValue", yes)?,
            Value::Int(number) => map.serialize_entry("intValue", &Number(*number))?,
            Value::Float(number) if number.is_finite() => {
                map.serialize_entry("doubleValue", number)?;
            }
            Value::Float(number) => map.serialize_entry("doubleValue", unusual(*number))?,
            Value::List(_) if depth == MAX_DEPTH => map.serialize_entry("arrayValue", &NOTHING)?,
            Value::Map(_) if depth == MAX_DEPTH => map.serialize_entry("kvlistValue", &NOTHING)?,
            Value::List(values) => map.serialize_entry("arrayValue", &List(values, depth + 1))?,
            Value::Map(values) => map.serialize_entry("kvlistValue", &Map(values, depth + 1))?,
            Value::Bytes(bytes) => map.serialize_entry("bytesValue", &to_base64(bytes))?,
            Value::Empty => {}
        }
        map.end()
    }
}

/// The names that protocol buffers give to floats which JSON has none for.
fn unusual(number: f64) -> &'static str {
    match number {
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "NaN",
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let values: Vec<_> = self.0.iter().map(|value| At(value, self.1)).collect();
        let mut map = into.serialize_map(Some(1))?;
        map.serialize_entry("values", &values)?;
        map.end()
    }
}

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Entry<'a> {
            key: &'a str,
            value: At<'a>,
        }
        let entries = self.0.iter().map(|(key, value)| Entry {
            key,
            value: At(value, self.1),
        });
        let values: Vec<_> = entries.collect();
        let mut map = into.serialize_map(Some(1))?;
        map.serialize_entry("values", &values)?;
        map.end()
    }
}
