//! Instrumented code under every lint there is: what the attribute adds is as clean as what it is put on, and says in the
//! documentation what is recorded.
//!
//! `cargo xtask test lints` compiles it, `cargo xtask test docs` reads its documentation.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_lifetimes,
    single_use_lifetimes,
    elided_lifetimes_in_paths,
    trivial_casts,
    trivial_numeric_casts,
    variant_size_differences,
    let_underscore_drop,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::shadow_unrelated,
    clippy::items_after_statements,
    clippy::used_underscore_binding,
    clippy::let_underscore_untyped,
    clippy::semicolon_inside_block,
    clippy::absolute_paths,
    clippy::allow_attributes,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use std::fmt::{Display, Formatter, Result as Written};
use std::future::ready;
use std::pin::Pin;

use obs::{Component, ErrorLabel, LabelValue, instrumented};

/// How a thing is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub enum Method {
    /// Read it.
    Get,
    /// Write it.
    Put,
}

/// Why a thing is not fetched.
#[derive(Debug, ErrorLabel)]
pub enum FetchError {
    /// It took too long.
    TimedOut,
    /// The server said no.
    Status(u16),
}

impl Display for FetchError {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        match self {
            Self::TimedOut => f.write_str("it took too long"),
            Self::Status(status) => write!(f, "the server said {status}"),
        }
    }
}

/// Prefix of the families of this module.
pub const PREFIX: &str = "strict";

/// Fetches a thing.
///
/// # Errors
///
/// Where the status is none of a success.
#[instrumented(
    component = component,
    name = "strict_fetch",
    labels(method: Method = method, protocol = "http"),
    bounds = [0.5, 1],
    in_flight,
    errors = FetchError,
    span("strict.fetch", status = status, method = ?method, kind = client),
    tracing(err = "warn", ret = "debug")
)]
pub fn fetch(component: Component, method: Method, status: u16) -> Result<u16, FetchError> {
    if method == Method::Put || component.name().is_none() {
        return Err(FetchError::TimedOut);
    }
    match status {
        200..=299 => Ok(status),
        _ => Err(FetchError::Status(status)),
    }
}

/// Waits for a thing.
#[instrumented(prefix = PREFIX, span(text = text), busy, polls, ok_if = |length| *length > 0)]
pub async fn wait(text: &str) -> usize {
    ready(()).await;
    text.len()
}

/// A future in a box.
#[instrumented(span(text = text, length = text.len()))]
#[must_use]
pub fn later(text: &str) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
    Box::pin(async { text.len() })
}

/// Things, by place.
#[derive(Debug)]
pub struct Store {
    component: Component,
    values: Vec<String>,
}

#[instrumented(component = self.component)]
impl Store {
    /// A store in a component.
    #[instrumented(skip)]
    #[must_use]
    pub const fn new(component: Component) -> Self {
        Self {
            component,
            values: Vec::new(),
        }
    }

    /// Puts a value at the end, and lends it.
    pub fn put(&mut self, value: &str) -> Option<&mut String> {
        self.values.push(value.to_owned());
        self.values.last_mut()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}
