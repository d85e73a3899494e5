//! Numbers: 64 bits as text, since JavaScript has 53, and enumerations as integers; both are read from either.

use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A 64-bit integer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Number<T>(pub(crate) T);

impl<T: Display> Serialize for Number<T> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.collect_str(&self.0)
    }
}

impl<'de, T: Whole> Deserialize<'de> for Number<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Number<T>, D::Error> {
        from.deserialize_any(Either(PhantomData)).map(Number)
    }
}

/// What an integer can be read from.
pub(crate) trait Whole: FromStr + TryFrom<u64> + TryFrom<i64> {
    /// What is accepted, for people.
    const EXPECTED: &str;
}

impl Whole for u64 {
    const EXPECTED: &str = "a whole number of 64 bits that is not negative, as text or as a number";
}

impl Whole for i64 {
    const EXPECTED: &str = "a whole number of 64 bits, as text or as a number";
}

struct Either<T>(PhantomData<T>);

impl<T: Whole> Visitor<'_> for Either<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        T::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    /// Programs that keep all numbers as floats write `1.0e9`.
    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() <= EXACT {
            return self.visit_i64(number as i64);
        }
        Err(E::invalid_value(Unexpected::Float(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse()
            .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// A value of an enumeration: a small integer, which some programs write as its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Enum(pub(crate) u32);

impl Enum {
    pub(crate) fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

impl Serialize for Enum {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.serialize_u32(self.0)
    }
}

impl<'de> Deserialize<'de> for Enum {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Enum, D::Error> {
        from.deserialize_any(Named)
    }
}

/// The names that the protocol buffers give to the values in use.
const NAMES: [(&str, u32); 9] = [
    ("SPAN_KIND_UNSPECIFIED", 0),
    ("SPAN_KIND_INTERNAL", 1),
    ("SPAN_KIND_SERVER", 2),
    ("SPAN_KIND_CLIENT", 3),
    ("SPAN_KIND_PRODUCER", 4),
    ("SPAN_KIND_CONSUMER", 5),
    ("STATUS_CODE_UNSET", 0),
    ("STATUS_CODE_OK", 1),
    ("STATUS_CODE_ERROR", 2),
];

struct Named;

impl Visitor<'_> for Named {
    type Value = Enum;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of a span's kind or status code")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Enum, E> {
        // A value that this version does not know is none that it could show.
        Ok(Enum(u32::try_from(number).unwrap_or_default()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Enum, E> {
        Ok(Enum(u32::try_from(number).unwrap_or_default()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Enum, E> {
        let named = NAMES.iter().find(|(name, _)| *name == text);
        let number = named.map(|(_, number)| *number);
        let number = number.or_else(|| text.parse().ok());
        number
            .map(Enum)
            .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}
