//! In which order traces are shown.

use std::fmt;
use std::str::FromStr;

use super::parse::QueryError;
use super::pattern::Pattern;
use super::token::Letter;

/// In which order traces are shown; of those that are alike, the newest comes first.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub enum Order {
    /// The latest beginning first.
    #[default]
    Newest,
    /// The longest root first.
    Slowest,
    /// The most spans first.
    MostSpans,
    /// The most time that spans of one operation took themselves first.
    MostOwnTime(OrderOperation),
}

/// The operations of [`Order::MostOwnTime`].
#[derive(Debug, Clone, PartialEq)]
pub struct OrderOperation(pub(crate) Pattern);

impl FromStr for Order {
    type Err = QueryError;

    /// Reads `newest`, `slowest`, `spans`, or `self:` and an operation.
    fn from_str(text: &str) -> Result<Order, QueryError> {
        match text {
            "newest" => Ok(Order::Newest),
            "slowest" => Ok(Order::Slowest),
            "spans" => Ok(Order::MostSpans),
            _ => match text.strip_prefix("self:") {
                Some(operation) if !operation.is_empty() => Ok(Order::MostOwnTime(OrderOperation(
                    Pattern::of(&letters(operation)),
                ))),
                _ => Err(QueryError::new(
                    1,
                    format!(
                        "there is no order `{text}`: write newest, slowest, spans, or self:storage.*"
                    ),
                )),
            },
        }
    }
}

fn letters(text: &str) -> Vec<Letter> {
    let letter = |letter| Letter {
        letter,
        quoted: false,
        escaped: false,
    };
    text.chars().map(letter).collect()
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Order::Newest => f.write_str("newest"),
            Order::Slowest => f.write_str("slowest"),
            Order::MostSpans => f.write_str("spans"),
            Order::MostOwnTime(OrderOperation(operation)) => write!(f, "self:{operation}"),
        }
    }
}
