//! What the derive knows of an enum.

use crate::paths::Krate;
use proc_macro2::{Ident, TokenStream};
use syn::{Fields, Generics, LitStr};

/// An enum as it was written, sound or not.
pub(crate) struct Written {
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
    pub(crate) krate: Krate,
    pub(crate) name: Ident,
    /// Faulty, but there: so that the implementation has no faults of its own.
    pub(crate) generics: Generics,
    /// Patterns and texts.
    pub(crate) variants: Vec<(TokenStream, String)>,
}
