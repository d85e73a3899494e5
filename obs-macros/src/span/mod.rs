//! `span!` and `event!`: parse → model → validate → expand.

mod expand;
mod model;
mod parse;
mod valid;

#[cfg(test)]
mod tests;

pub(crate) use model::{Name, What, Written};

use crate::faults::Faults;
use crate::paths::Krate;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// Expands a call: to a guard, or to a statement that records; behind its faults if it has some.
pub(crate) fn expand(input: TokenStream, what: What) -> TokenStream {
    let mut faults = Faults::default();
    let written = parse::written(input, what, &mut faults);
    valid::check(&written, &mut faults);
    faults.before_expression(written.into_token_stream())
}

/// Reads what stands in the parentheses of `#[instrumented(span(…))]`.
pub(crate) fn of_function(input: TokenStream, faults: &mut Faults) -> Written {
    let written = parse::written(input, What::Function, faults);
    valid::check(&written, faults);
    written
}

impl Written {
    /// A span of a function, of which nothing is said.
    pub(crate) fn plain() -> Written {
        Written::nothing(What::Function)
    }

    /// The same, where crate `obs` is found there.
    pub(crate) fn in_crate(&self, krate: Krate) -> Written {
        Written {
            krate,
            ..self.clone()
        }
    }

    /// Whether anything but `span` is written.
    pub(crate) fn is_plain(&self) -> bool {
        let says_nothing = self.kind.is_none() && self.root.is_none() && self.detached.is_none();
        says_nothing
            && self.parent.is_none()
            && self.attributes.is_empty()
            && matches!(self.name, Name::Missing)
    }
}
