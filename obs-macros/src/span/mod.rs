//! `span!` and `event!`: parse → model → validate → expand.

mod expand;
mod model;
mod parse;
mod valid;

#[cfg(test)]
mod tests;

pub(crate) use model::What;

use crate::faults::Faults;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// Expands a call: to a guard, or to a statement that records; behind its faults if it has some.
pub(crate) fn expand(input: TokenStream, what: What) -> TokenStream {
    let mut faults = Faults::default();
    let written = parse::written(input, what, &mut faults);
    valid::check(&written, &mut faults);
    faults.before_expression(written.into_token_stream())
}
