//! Floats that survive JSON: what JSON cannot write travels as the words Prometheus uses.

use std::fmt;

use serde::{Deserializer, Serializer, de};

/// Writes a number, or one of the words `NaN`, `+Inf` and `-Inf`.
pub(super) fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
    match *number {
        n if n.is_nan() => to.serialize_str("NaN"),
        f64::INFINITY => to.serialize_str("+Inf"),
        f64::NEG_INFINITY => to.serialize_str("-Inf"),
        n => to.serialize_f64(n),
    }
}

/// Reads what [`serialize`] writes.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    from.deserialize_any(NumberOrWord)
}

struct NumberOrWord;

impl de::Visitor<'_> for NumberOrWord {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or one of the words NaN, +Inf, -Inf")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    // JSON readers see `3` as an integer, whoever wrote it: other writers leave out the `.0`.
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<f64, E> {
        match word {
            "NaN" => Ok(f64::NAN),
            "+Inf" => Ok(f64::INFINITY),
            "-Inf" => Ok(f64::NEG_INFINITY),
            _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
        }
    }
}
