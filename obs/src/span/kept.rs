//! A value of an attribute that is kept until its span begins.

use super::value::{AttributeValue, Value, Written};

/// A value that owns what is recorded of it.
#[derive(Debug)]
pub struct Kept(Inner);

#[derive(Debug)]
enum Inner {
    Text(Written),
    Plain(Value<'static>),
}

impl Kept {
    /// Keeps a value.
    pub fn of(value: Value<'_>) -> Kept {
        Kept(match value {
            Value::Text(text) => Inner::Text(Written::of(format_args!("{text}"))),
            Value::Bool(value) => Inner::Plain(Value::Bool(value)),
            Value::Int(number) => Inner::Plain(Value::Int(number)),
            Value::Unsigned(number) => Inner::Plain(Value::Unsigned(number)),
            Value::Float(number) => Inner::Plain(Value::Float(number)),
        })
    }

    /// What was kept.
    pub(super) fn value(&self) -> Value<'_> {
        match &self.0 {
            Inner::Text(text) => text.value().unwrap_or(Value::Text("")),
            Inner::Plain(value) => *value,
        }
    }
}

/// Keeps the value of an attribute, if it has one; for the macro.
pub fn kept(value: Option<Value<'_>>) -> Option<Kept> {
    value.map(Kept::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_given() {
        for value in [
            Value::Text("seven"),
            Value::Bool(true),
            Value::Int(-7),
            Value::Unsigned(7),
            Value::Float(0.5),
        ] {
            assert_eq!(
                kept(Some(value)).map(|kept| kept.value() == value),
                Some(true)
            );
        }
        assert!(kept(None).is_none());
    }

    #[test]
    fn a_long_text_is_still_known_to_be_longer_than_what_is_recorded() {
        let text = "é".repeat(1_000);
        let kept = Kept::of(Value::Text(&text));
        let Value::Text(kept) = kept.value() else {
            panic!("it was a text");
        };
        assert!(kept.len() > crate::span::value::LONGEST_TEXT && text.starts_with(kept));
    }
}
