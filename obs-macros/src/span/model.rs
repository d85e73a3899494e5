//! What the macros know of a span or an event.

use crate::paths::Krate;
use proc_macro2::{Ident, Span};
use syn::{Expr, LitStr, Path};

/// Which of the two is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Something that lasts.
    Span,
    /// Something that happens at a moment.
    Event,
    /// What an instrumented function does, which is named after it where nothing else is said.
    Function,
}

impl What {
    /// How a call begins.
    pub(crate) fn beginning(self) -> &'static str {
        match self {
            What::Span => "span!(",
            What::Event => "event!(",
            What::Function => "span(",
        }
    }
}

/// A span or an event as it was written.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) what: What,
    pub(crate) krate: Krate,
    pub(crate) name: Name,
    /// The constant of its kind.
    pub(crate) kind: Option<Ident>,
    pub(crate) root: Option<Ident>,
    pub(crate) detached: Option<Ident>,
    /// The context that it hangs on.
    pub(crate) parent: Option<(Ident, Expr)>,
    pub(crate) attributes: Vec<Attribute>,
}

#[derive(Clone)]
pub(crate) enum Name {
    Text(LitStr),
    /// The path of a `const`.
    Path(Path),
    /// What could not be read, or, of a function, was not written.
    Missing,
}

/// An attribute: its key, where that stands, and its value.
#[derive(Clone)]
pub(crate) struct Attribute {
    pub(crate) key: String,
    pub(crate) place: Span,
    pub(crate) value: Value,
}

#[derive(Clone)]
pub(crate) enum Value {
    /// What the expression is.
    Plain(Expr),
    /// What it displays.
    Displayed(Expr),
    /// What `Debug` writes of it.
    Debugged(Expr),
}
