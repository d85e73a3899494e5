//! W3C Trace Context that nobody takes in, nor sends.

use std::fmt;

use super::Context;

/// Why a `traceparent` would be refused: none is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotATraceparent {
    /// It is not as long as its version says, or its parts are not.
    Length,
    /// Something in it is no lower-case hexadecimal digit, or no dash where one must be.
    Character,
    /// The version is `ff`, which is none.
    Version,
    /// The id of the trace or of the span is zero.
    Zero,
}

impl fmt::Display for NotATraceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a traceparent")
    }
}

impl std::error::Error for NotATraceparent {}

/// A `traceparent` that is never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traceparent(());

impl Traceparent {
    /// No text.
    #[inline(always)]
    pub fn as_str(&self) -> &str {
        ""
    }
}

impl AsRef<str> for Traceparent {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Context {
    /// The context of nothing.
    ///
    /// # Errors
    ///
    /// None.
    #[inline(always)]
    pub fn from_traceparent(header: &str) -> Result<Context, NotATraceparent> {
        let _ = header;
        Ok(Context::NONE)
    }

    /// The same.
    #[inline(always)]
    pub fn with_tracestate(self, header: &str) -> Context {
        let _ = header;
        self
    }

    /// Nothing to send.
    #[inline(always)]
    pub fn traceparent(&self) -> Option<Traceparent> {
        None
    }

    /// Nothing to send.
    #[inline(always)]
    pub fn tracestate(&self) -> Option<String> {
        None
    }
}
