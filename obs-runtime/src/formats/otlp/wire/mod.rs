//! The messages of OTLP, as JSON has them: names in camel case, ids in hexadecimal, 64-bit numbers as text.
//!
//! Written as the specification says; read as programs write: numbers and texts alike, `null` for what is absent, the names of the
//! protocol buffers as well. Unknown fields are ignored.

/// Bytes as base64.
mod base64;
/// Numbers, as text and as numbers.
mod number;
/// How what an attribute holds is read.
mod read_value;
/// Borrowed where the file has no escapes.
mod text;
/// What an attribute holds, and how it is written.
mod value;

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

pub(super) use base64::from_base64;
pub(super) use number::{Enum, Number};
pub(super) use text::Text;
pub use value::MAX_DEPTH;
pub(super) use value::{AnyValue, is_too_deep};

use crate::model::trace;

/// What one program has to say.
#[derive(Default, Deserialize)]
pub(super) struct ResourceSpans<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) resource: Resource<'a>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        rename = "scopeSpans",
        alias = "scope_spans"
    )]
    pub(super) scopes: Vec<ScopeSpans<'a>>,
}

/// The program.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Resource<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) attributes: Vec<KeyValue<'a>>,
}

/// What one part of a program has to say.
#[derive(Default, Deserialize)]
pub(super) struct ScopeSpans<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) scope: Scope<'a>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) spans: Vec<Span<'a>>,
}

/// A part of a program.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Scope<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) attributes: Vec<KeyValue<'a>>,
}

/// A span.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Span<'a> {
    #[serde(borrow, default, deserialize_with = "lenient", alias = "trace_id")]
    pub(super) trace_id: Text<'a>,
    #[serde(borrow, default, deserialize_with = "lenient", alias = "span_id")]
    pub(super) span_id: Text<'a>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        alias = "trace_state",
        skip_serializing_if = "Text::is_empty"
    )]
    pub(super) trace_state: Text<'a>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        alias = "parent_span_id",
        skip_serializing_if = "Text::is_empty"
    )]
    pub(super) parent_span_id: Text<'a>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) flags: u32,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) kind: Enum,
    #[serde(default, deserialize_with = "lenient", alias = "start_time_unix_nano")]
    pub(super) start_time_unix_nano: Number<u64>,
    #[serde(default, deserialize_with = "lenient", alias = "end_time_unix_nano")]
    pub(super) end_time_unix_nano: Number<u64>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) attributes: Vec<KeyValue<'a>>,
    #[serde(
        default,
        deserialize_with = "lenient",
        alias = "dropped_attributes_count",
        skip_serializing_if = "is_zero"
    )]
    pub(super) dropped_attributes_count: u32,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) events: Vec<Event<'a>>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) links: Vec<Link<'a>>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Status::is_unset"
    )]
    pub(super) status: Status<'a>,
}

/// Something that happened during a span.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    #[serde(default, deserialize_with = "lenient", alias = "time_unix_nano")]
    pub(super) time_unix_nano: Number<u64>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) attributes: Vec<KeyValue<'a>>,
    #[serde(
        default,
        deserialize_with = "lenient",
        alias = "dropped_attributes_count",
        skip_serializing_if = "is_zero"
    )]
    pub(super) dropped_attributes_count: u32,
}

/// Another span that a span has to do with.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link<'a> {
    #[serde(borrow, default, deserialize_with = "lenient", alias = "trace_id")]
    pub(super) trace_id: Text<'a>,
    #[serde(borrow, default, deserialize_with = "lenient", alias = "span_id")]
    pub(super) span_id: Text<'a>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        alias = "trace_state",
        skip_serializing_if = "Text::is_empty"
    )]
    pub(super) trace_state: Text<'a>,
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) attributes: Vec<KeyValue<'a>>,
}

/// How a span went.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Status<'a> {
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Text::is_empty"
    )]
    pub(super) message: Text<'a>,
    #[serde(
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Enum::is_zero"
    )]
    pub(super) code: Enum,
}

/// An attribute.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct KeyValue<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) key: Text<'a>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) value: AnyValue<'a>,
}

impl<'a> KeyValue<'a> {
    /// An attribute of ours.
    pub(super) fn new(key: &'static str, value: trace::Value) -> KeyValue<'a> {
        KeyValue {
            key: Text(Cow::Borrowed(key)),
            value: AnyValue::from(value),
        }
    }

    /// A text of ours.
    pub(super) fn text(key: &'static str, value: &str) -> KeyValue<'a> {
        KeyValue::new(key, trace::Value::Text(value.to_owned()))
    }
}

impl Status<'_> {
    fn is_unset(&self) -> bool {
        self.code.is_zero() && self.message.is_empty()
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// `null` is as good as nothing.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
