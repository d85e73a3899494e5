//! Values of attributes.

use std::fmt::{self, Write};

/// Longer texts are cut, at a character.
pub(crate) const LONGEST_TEXT: usize = 200;

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A text; of a longer one than 200 bytes, the beginning is recorded.
    Text(&'a str),
    /// Yes or no.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer that may be larger than any `i64`.
    Unsigned(u64),
    /// A number.
    Float(f64),
}

/// What can be the value of an attribute.
///
/// Anything else is written by `%value`, as it is displayed, or `?value`, as it is debugged.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of an attribute",
    note = "write `%value` for what it displays, or `?value` for what `Debug` writes"
)]
pub trait AttributeValue {
    /// The value; `None` leaves the attribute out.
    fn value(&self) -> Option<Value<'_>>;
}

macro_rules! values {
    ($($from:ty => $value:ident($to:ty)),+ $(,)?) => {$(
        impl AttributeValue for $from {
            #[inline]
            fn value(&self) -> Option<Value<'_>> {
                Some(Value::$value(<$to>::from(*self)))
            }
        }
    )+};
}

values! {
    bool => Bool(bool),
    i8 => Int(i64), i16 => Int(i64), i32 => Int(i64), i64 => Int(i64),
    u8 => Unsigned(u64), u16 => Unsigned(u64), u32 => Unsigned(u64), u64 => Unsigned(u64),
    f32 => Float(f64), f64 => Float(f64),
}

impl AttributeValue for usize {
    fn value(&self) -> Option<Value<'_>> {
        Some(Value::Unsigned(*self as u64))
    }
}

impl AttributeValue for isize {
    fn value(&self) -> Option<Value<'_>> {
        Some(Value::Int(*self as i64))
    }
}

impl AttributeValue for str {
    fn value(&self) -> Option<Value<'_>> {
        Some(Value::Text(self))
    }
}

impl AttributeValue for String {
    fn value(&self) -> Option<Value<'_>> {
        Some(Value::Text(self))
    }
}

impl AttributeValue for std::borrow::Cow<'_, str> {
    fn value(&self) -> Option<Value<'_>> {
        Some(Value::Text(self))
    }
}

impl AttributeValue for std::sync::Arc<str> {
    fn value(&self) -> Option<Value<'_>> {
        Some(Value::Text(self))
    }
}

impl AttributeValue for Box<str> {
    fn value(&self) -> Option<Value<'_>> {
        Some(Value::Text(self))
    }
}

impl<V: AttributeValue + ?Sized> AttributeValue for &V {
    fn value(&self) -> Option<Value<'_>> {
        (**self).value()
    }
}

impl<V: AttributeValue> AttributeValue for Option<V> {
    fn value(&self) -> Option<Value<'_>> {
        self.as_ref()?.value()
    }
}

/// What something wrote, as far as it is recorded, and a character more if there was more.
pub struct Written {
    bytes: [u8; LONGEST_TEXT + 4],
    len: usize,
}

impl Written {
    /// What it displays.
    pub fn display(value: &dyn fmt::Display) -> Written {
        Written::of(format_args!("{value}"))
    }

    /// What `Debug` writes of it.
    pub fn debug(value: &dyn fmt::Debug) -> Written {
        Written::of(format_args!("{value:?}"))
    }

    /// What is displayed until it fails or there is no more room.
    pub(crate) fn of(text: fmt::Arguments<'_>) -> Written {
        let mut written = Written {
            bytes: [0; LONGEST_TEXT + 4],
            len: 0,
        };
        // What was written before is kept when there is no more room.
        let _ = written.write_fmt(text);
        written
    }

    fn text(&self) -> &str {
        // Whole characters alone are written.
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl Write for Written {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.len() - self.len;
        let part = cut(text, room.min(text.len()));
        self.bytes[self.len..self.len + part.len()].copy_from_slice(part.as_bytes());
        self.len += part.len();
        if part.len() < text.len() {
            Err(fmt::Error)
        } else {
            Ok(())
        }
    }
}

impl AttributeValue for Written {
    fn value(&self) -> Option<Value<'_>> {
        Some(Value::Text(self.text()))
    }
}

/// The beginning of a text that takes so many bytes at most, cut between characters.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
