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

/// The labels of an iteration: all eight combinations in turn, read from memory as those of a real request are.
#[inline(always)]
pub fn request(iteration: u64) -> Request {
    ALL[iteration as usize % ALL.len()]
}

static ALL: [Request; 8] = {
    use Method::{Delete, Get, Post, Put};
    use Outcome::{Error, Ok};
    [
        Request::new(Get, Ok),
        Request::new(Put, Error),
        Request::new(Post, Ok),
        Request::new(Delete, Error),
        Request::new(Get, Error),
        Request::new(Put, Ok),
        Request::new(Post, Error),
        Request::new(Delete, Ok),
    ]
};

impl Request {
    const fn new(method: Method, outcome: Outcome) -> Request {
        Request { method, outcome }
    }
}
