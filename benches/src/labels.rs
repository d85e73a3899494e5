//! The labels that every library is given, derived once for all that want a derive.
#![expect(
    missing_docs,
    reason = "a derive generates the set `RequestSet` without documentation"
)]

use std::sync::LazyLock;

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

/// Two label values that nobody knew when the program was compiled.
pub struct Texts {
    /// One of eight.
    pub route: String,
    /// One of four.
    pub method: String,
}

/// The texts of an iteration: all 32 combinations in turn, in memory of their own as those of a real request are.
#[inline(always)]
pub fn texts(all: &'static [Texts; 32], iteration: u64) -> &'static Texts {
    &all[iteration as usize % all.len()]
}

/// All combinations.
pub static TEXTS: LazyLock<[Texts; 32]> = LazyLock::new(|| {
    std::array::from_fn(|n| Texts {
        route: ROUTES[n % ROUTES.len()].to_owned(),
        method: METHODS[n / ROUTES.len()].to_owned(),
    })
});

/// The routes among [`TEXTS`].
pub const ROUTES: [&str; 8] = [
    "/",
    "/login",
    "/api/v1/orders",
    "/api/v1/orders/{id}",
    "/api/v1/customers",
    "/api/v1/customers/{id}/addresses",
    "/metrics",
    "/static/{file}",
];

/// The methods among [`TEXTS`].
pub const METHODS: [&str; 4] = ["GET", "PUT", "POST", "DELETE"];

/// The texts as label sets of `measured`, whose values it knows before.
#[derive(Clone, Copy, LabelGroup)]
#[label(set = KnownSet)]
pub struct Known<'a> {
    /// One of eight.
    #[label(fixed_with = lasso::RodeoReader)]
    pub route: &'a str,
    /// One of four.
    #[label(fixed_with = lasso::RodeoReader)]
    pub method: &'a str,
}

/// The same with values that it interns as they come.
#[derive(Clone, Copy, LabelGroup)]
#[label(set = InternedSet)]
pub struct Interned<'a> {
    /// Any text.
    #[label(dynamic_with = paracord::ParaCord, default)]
    pub route: &'a str,
    /// Any text.
    #[label(dynamic_with = paracord::ParaCord, default)]
    pub method: &'a str,
}

/// The texts as `prometheus-client` looks them up: owned, made before.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub struct Owned {
    /// Any text.
    pub route: String,
    /// Any text.
    pub method: String,
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
