//! The labels that every library is given, derived once for all that want a derive.
#![expect(
    missing_docs,
    reason = "a derive generates the set `RequestSet` without documentation"
)]

use measured::{FixedCardinalityLabel, LabelGroup};
use obs::LabelValue;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};

/// The first of the two labels.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, FixedCardinalityLabel, EncodeLabelValue, LabelValue,
)]
pub enum Method {
    /// `get`
    Get,
    /// `put`
    Put,
    /// `post`
    Post,
    /// `delete`
    Delete,
}

/// The second.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, FixedCardinalityLabel, EncodeLabelValue, LabelValue,
)]
pub enum Outcome {
    /// `ok`
    Ok,
    /// `error`
    Error,
}

/// Both labels, as the peers that want a struct take them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, LabelGroup, EncodeLabelSet)]
#[label(set = RequestSet)]
pub struct Request {
    /// Four values.
    pub method: Method,
    /// Two values.
    pub outcome: Outcome,
}

impl Method {
    /// The value as text.
    #[inline]
    pub fn text(self) -> &'static str {
        ["get", "put", "post", "delete"][self as usize]
    }
}

impl Outcome {
    /// The value as text.
    #[inline]
    pub fn text(self) -> &'static str {
        ["ok", "error"][self as usize]
    }
}

/// The labels of an iteration: all eight combinations in turn.
#[inline(always)]
pub fn request(iteration: u64) -> Request {
    const METHODS: [Method; 4] = [Method::Get, Method::Put, Method::Post, Method::Delete];
    const OUTCOMES: [Outcome; 2] = [Outcome::Ok, Outcome::Error];
    Request {
        method: METHODS[(iteration & 3) as usize],
        outcome: OUTCOMES[(iteration >> 2 & 1) as usize],
    }
}
