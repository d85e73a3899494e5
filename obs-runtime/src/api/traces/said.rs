//! What is said of spans: attributes, events, links.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::number;

/// A fact about a span, an event or a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// What it is about, like `db.table`.
    pub key: String,
    /// What it is.
    pub value: AttributeValue,
}

/// What an attribute holds: on the wire an object with one key.
///
/// A number that JSON cannot write travels as one of the words `NaN`, `+Inf`, `-Inf`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Wire")]
#[non_exhaustive]
pub enum AttributeValue {
    /// A text.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number.
    Float(#[serde(with = "number")] f64),
    /// Several values; only of traces that were read from files.
    List(Vec<AttributeValue>),
    /// Values by name; only of traces that were read from files.
    Map(Vec<(String, AttributeValue)>),
    /// Bytes as hexadecimal digits; only of traces that were read from files.
    Bytes(String),
    /// Nothing; only of traces that were read from files.
    Empty(bool),
    /// Something that this version knows nothing of.
    Unknown,
}

/// Something that happened during a span.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When: nanoseconds after the trace's [`start_unix_ns`](super::Trace::start_unix_ns), negative before it.
    pub time_ns: i64,
    /// What.
    pub name: String,
    /// What is known of it besides.
    pub attributes: Vec<Attribute>,
    /// How many attributes were left out, or whose text was cut.
    pub attributes_cut: u32,
}

/// Another span that a span has to do with, of this trace or another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The id of its trace.
    pub trace: String,
    /// Its id.
    pub span: String,
    /// What is known of the link besides.
    pub attributes: Vec<Attribute>,
    /// Its W3C `tracestate`; empty where there was none.
    pub tracestate: String,
}

/// The form on the wire. Keys that nobody here knows are passed over.
#[derive(Deserialize)]
struct Wire {
    text: Option<String>,
    bool: Option<bool>,
    int: Option<i64>,
    float: Option<Number>,
    list: Option<Vec<AttributeValue>>,
    map: Option<Vec<(String, AttributeValue)>>,
    bytes: Option<String>,
    empty: Option<bool>,
}

#[derive(Deserialize)]
struct Number(#[serde(with = "number")] f64);

impl From<Wire> for AttributeValue {
    fn from(wire: Wire) -> AttributeValue {
        let float = wire.float.map(|number| AttributeValue::Float(number.0));
        let plain = wire.text.map(AttributeValue::Text);
        plain
            .or(wire.bool.map(AttributeValue::Bool))
            .or(wire.int.map(AttributeValue::Int))
            .or(float)
            .or(wire.list.map(AttributeValue::List))
            .or(wire.map.map(AttributeValue::Map))
            .or(wire.bytes.map(AttributeValue::Bytes))
            .or(wire.empty.map(AttributeValue::Empty))
            .unwrap_or(AttributeValue::Unknown)
    }
}

/// As people read it: texts without quotes.
impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AttributeValue::Text(text) | AttributeValue::Bytes(text) => f.write_str(text),
            AttributeValue::Bool(yes) => write!(f, "{yes}"),
            AttributeValue::Int(number) => write!(f, "{number}"),
            AttributeValue::Float(number) => write!(f, "{number}"),
            AttributeValue::List(values) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            AttributeValue::Map(values) => {
                f.write_str("{")?;
                for (at, (key, value)) in values.iter().enumerate() {
                    write!(f, "{}{key}: {value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
            AttributeValue::Empty(_) => Ok(()),
            AttributeValue::Unknown => f.write_str("?"),
        }
    }
}
