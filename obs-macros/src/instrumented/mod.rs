//! `#[instrumented]`: parse → model → validate → expand.

mod expand;
mod families;
mod model;
mod parse;
mod shape;
mod valid;

#[cfg(test)]
mod tests;

use crate::faults::Faults;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Expands the attribute: the function with its metrics, or, where that cannot be, the function behind the faults.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let arguments = parse::arguments(arguments, &mut faults);
    let function = match parse::function(item.clone()) {
        Ok(function) => valid::function(function, arguments, &mut faults),
        Err(fault) => {
            faults.add(fault);
            None
        }
    };
    let errors = faults.to_errors();
    match function {
        Some(function) if faults.is_empty() => function.into_token_stream(),
        _ => quote!(#errors #item),
    }
}
