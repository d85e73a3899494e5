//! What the attribute knows of a function.

use crate::paths::Krate;
use proc_macro2::TokenStream;
use syn::{Attribute, Expr, LitStr, Signature, Visibility};

/// The arguments as they are written.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) krate: Krate,
    pub(crate) component: Option<Expr>,
    /// The prefix of families of its own.
    pub(crate) name: Option<LitStr>,
    /// The value of the label `function`.
    pub(crate) function: Option<LitStr>,
    pub(crate) in_flight: bool,
}

/// A function; its body stays as it is, so that one that does not parse yet is still there for the editor.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// `#![…]` at the start of the body.
    pub(crate) inner_attributes: Vec<Attribute>,
    /// What else stands between the braces; `None` for a declaration.
    pub(crate) body: Option<TokenStream>,
}

/// A function that can be instrumented, and how.
pub(crate) struct Instrumented {
    pub(crate) function: Function,
    pub(crate) body: TokenStream,
    pub(crate) arguments: Arguments,
}
