//! How `AnyValue` is read: what lies too deep is skipped without recursion, and the rest is kept.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::base64::from_base64;
use super::value::{AnyValue, MAX_DEPTH};
use super::{Number, Text};
use crate::model::trace::Value;

impl<'de> Deserialize<'de> for AnyValue<'_> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut is_cut = false;
        let depth = Depth {
            depth: 0,
            is_cut: &mut is_cut,
        };
        let value = Cow::Owned(Value::read(from, depth)?);
        Ok(AnyValue { value, is_cut })
    }
}

/// How deep a value lies, and whether something in it was emptied.
struct Depth<'c> {
    depth: usize,
    is_cut: &'c mut bool,
}

impl Depth<'_> {
    fn here(&mut self) -> Depth<'_> {
        Depth {
            depth: self.depth,
            is_cut: self.is_cut,
        }
    }

    fn deeper(&mut self) -> Depth<'_> {
        Depth {
            depth: self.depth + 1,
            is_cut: self.is_cut,
        }
    }
}

/// What is read at a depth.
trait Nested<'de>: Sized {
    fn read<D: Deserializer<'de>>(from: D, at: Depth<'_>) -> Result<Self, D::Error>;
}

/// A [`Nested`] that waits for its place in the input.
struct Next<'c, T>(Depth<'c>, PhantomData<T>);

impl<'c, T> Next<'c, T> {
    fn new(at: Depth<'c>) -> Next<'c, T> {
        Next(at, PhantomData)
    }
}

impl<'de, T: Nested<'de>> DeserializeSeed<'de> for Next<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        T::read(from, self.0)
    }
}

/// A value is an object that names its type.
impl<'de> Nested<'de> for Value {
    fn read<D: Deserializer<'de>>(from: D, at: Depth<'_>) -> Result<Value, D::Error> {
        from.deserialize_any(OneOf(at))
    }
}

struct OneOf<'c>(Depth<'c>);

impl<'de> Visitor<'de> for OneOf<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object that names the type of its value, like {\"stringValue\":\"a\"}")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Empty)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut from: A) -> Result<Value, A::Error> {
        let mut value = Value::Empty;
        while let Some(name) = from.next_key::<Text<'_>>()? {
            value = match &*name {
                "stringValue" | "string_value" => Value::Text(from.next_value()?),
                "boolValue" | "bool_value" => Value::Bool(from.next_value()?),
                "intValue" | "int_value" => Value::Int(from.next_value::<Number<i64>>()?.0),
                "doubleValue" | "double_value" => Value::Float(from.next_value::<Float>()?.0),
                "bytesValue" | "bytes_value" => Value::Bytes(from.next_value::<Bytes>()?.0),
                "arrayValue" | "array_value" => Value::List(
                    from.next_value_seed(Next::<Values<_>>::new(self.0.here()))?
                        .0,
                ),
                "kvlistValue" | "kvlist_value" => Value::Map(
                    from.next_value_seed(Next::<Values<_>>::new(self.0.here()))?
                        .0,
                ),
                _ => {
                    from.next_value::<IgnoredAny>()?;
                    value
                }
            };
        }
        Ok(value)
    }
}

/// An object around `values`, which lie one deeper.
struct Values<T>(Vec<T>);

impl<'de, T: Nested<'de>> Nested<'de> for Values<T> {
    fn read<D: Deserializer<'de>>(from: D, at: Depth<'_>) -> Result<Values<T>, D::Error> {
        from.deserialize_any(Around::<T>(at, PhantomData))
    }
}

struct Around<'c, T>(Depth<'c>, PhantomData<T>);

impl<'de, T: Nested<'de>> Visitor<'de> for Around<'_, T> {
    type Value = Values<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with an array `values`")
    }

    fn visit_unit<E: Error>(self) -> Result<Values<T>, E> {
        Ok(Values(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut from: A) -> Result<Values<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(name) = from.next_key::<Text<'_>>()? {
            if &*name == "values" {
                values = from.next_value_seed(Next::<Vec<T>>::new(self.0.deeper()))?;
            } else {
                from.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Values(values))
    }
}

impl<'de, T: Nested<'de>> Nested<'de> for Vec<T> {
    fn read<D: Deserializer<'de>>(from: D, at: Depth<'_>) -> Result<Vec<T>, D::Error> {
        from.deserialize_any(Members::<T>(at, PhantomData))
    }
}

struct Members<'c, T>(Depth<'c>, PhantomData<T>);

impl<'de, T: Nested<'de>> Visitor<'de> for Members<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of values")
    }

    fn visit_unit<E: Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut from: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        // What lies too deep is skipped by a loop of the parser's, not by recursion.
        if self.0.depth > MAX_DEPTH {
            while from.next_element::<IgnoredAny>()?.is_some() {
                *self.0.is_cut = true;
            }
            return Ok(values);
        }
        while let Some(value) = from.next_element_seed(Next::new(self.0.here()))? {
            values.push(value);
        }
        Ok(values)
    }
}

/// A member of a map is an object with `key` and `value`.
impl<'de> Nested<'de> for (String, Value) {
    fn read<D: Deserializer<'de>>(from: D, at: Depth<'_>) -> Result<(String, Value), D::Error> {
        from.deserialize_any(Entry(at))
    }
}

struct Entry<'c>(Depth<'c>);

impl<'de> Visitor<'de> for Entry<'_> {
    type Value = (String, Value);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `key` and `value`")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut from: A) -> Result<(String, Value), A::Error> {
        let mut entry = (String::new(), Value::Empty);
        while let Some(name) = from.next_key::<Text<'_>>()? {
            match &*name {
                "key" => entry.0 = from.next_value()?,
                "value" => entry.1 = from.next_value_seed(Next::new(self.0.here()))?,
                _ => {
                    from.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(entry)
    }
}

/// A float: a number, or the name of one that JSON has no number for.
struct Float(f64);

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Float, D::Error> {
        from.deserialize_any(AnyFloat)
    }
}

struct AnyFloat;

impl Visitor<'_> for AnyFloat {
    type Value = Float;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Float, E> {
        Ok(Float(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Float, E> {
        Ok(Float(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Float, E> {
        Ok(Float(number as f64))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Float, E> {
        let number = text.parse();
        number
            .map(Float)
            .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Bytes, as base64.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = Text::deserialize(from)?;
        let bytes = from_base64(&text);
        bytes
            .map(Bytes)
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &"bytes as base64"))
    }
}
