//! What is said of a span: attributes, events, links.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{SpanId, TraceId};

/// A fact about a span or an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// What it is about, like `db.table`.
    pub key: Arc<str>,
    /// What it is.
    pub value: Value,
}

/// What an attribute holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A text.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number; any, also NaN and the infinities.
    Float(f64),
    /// Several values; only in traces that were read from files.
    List(Vec<Value>),
    /// Values by name; only in traces that were read from files.
    Map(Vec<(String, Value)>),
    /// Bytes; only in traces that were read from files.
    Bytes(Vec<u8>),
    /// Nothing; only in traces that were read from files.
    Empty,
}

/// Something that happened during a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When: nanoseconds since 1970.
    pub time_ns: u64,
    /// What.
    pub name: Arc<str>,
    /// What is known of it besides.
    pub attributes: Vec<Attribute>,
    /// How many attributes were left out, or whose text was cut.
    pub attributes_cut: u32,
}

/// Another span that a span has to do with, of this trace or another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Its trace.
    pub trace: TraceId,
    /// It.
    pub span: SpanId,
    /// What is known of the link besides; only in traces that were read from files.
    pub attributes: Vec<Attribute>,
    /// Its W3C `tracestate`; only in traces that were read from files.
    pub tracestate: String,
}

/// As people read it: texts without quotes.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Bool(yes) => write!(f, "{yes}"),
            Value::Int(number) => write!(f, "{number}"),
            Value::Float(number) => write!(f, "{number}"),
            Value::List(values) => {
                let mut list = f.debug_list();
                list.entries(
                    values
                        .iter()
                        .map(|value| format_args!("{value}").to_string()),
                );
                list.finish()
            }
            Value::Map(values) => {
                let mut map = f.debug_map();
                map.entries(values.iter().map(|(key, value)| (key, value.to_string())));
                map.finish()
            }
            Value::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Value::Empty => Ok(()),
        }
    }
}
