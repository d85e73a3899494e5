//! What the derives know of an enum.

use crate::paths::Krate;
use proc_macro2::{Ident, TokenStream};
use syn::{Fields, Generics, LitStr};

/// Which of the two is derived.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derive {
    /// Values of labels: variants without fields, which are `Copy`.
    LabelValue,
    /// Labels of errors, which may carry what they like.
    ErrorLabel,
}

impl Derive {
    /// The trait's name.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Derive::LabelValue => "LabelValue",
            Derive::ErrorLabel => "ErrorLabel",
        }
    }
}

/// An enum as it was written, sound or not.
pub(crate) struct Written {
    pub(crate) derive: Derive,
    pub(crate) krate: Krate,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) variants: Vec<Variant>,
}

/// One variant, with the text that it was given, if any.
pub(crate) struct Variant {
    pub(crate) name: Ident,
    pub(crate) fields: Fields,
    pub(crate) text: Option<LitStr>,
}

/// A closed set of label values: each variant with its text.
pub(crate) struct Values {
    pub(crate) derive: Derive,
    pub(crate) krate: Krate,
    pub(crate) name: Ident,
    /// Faulty for values of labels, but there: so that the implementation has no faults of its own.
    pub(crate) generics: Generics,
    /// Patterns and texts.
    pub(crate) variants: Vec<(TokenStream, String)>,
}
