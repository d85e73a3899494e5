//! `#[derive(LabelValue)]` and `#[derive(ErrorLabel)]`: parse → model → validate → expand.

mod expand;
mod model;
mod parse;
mod valid;

#[cfg(test)]
mod tests;

pub(crate) use model::Derive;

use crate::faults::Faults;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// Expands the derive to an implementation, behind its faults if it has some.
pub(crate) fn expand(input: TokenStream, derive: Derive) -> TokenStream {
    let mut faults = Faults::default();
    let values = match parse::written(input, derive, &mut faults) {
        Ok(written) => valid::values(written, &mut faults),
        Err(error) => return error.to_compile_error(),
    };
    let mut tokens = faults.to_errors();
    values.to_tokens(&mut tokens);
    tokens
}
