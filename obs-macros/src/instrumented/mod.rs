//! `#[instrumented]`: parse → model → validate → expand.

mod block;
mod docs;
mod expand;
mod families;
mod item;
mod labels;
mod model;
mod off;
mod outcome;
mod parse;
mod shape;
mod traced;
mod valid;

#[cfg(test)]
mod tests;

use crate::faults::Faults;
use model::Member;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Expands the attribute: the function or block with its metrics, or, where that cannot be, as it was behind the faults.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let arguments = parse::arguments(arguments, &mut faults);
    let instrumented = match item::item(item.clone(), &mut faults) {
        Some(Member::Function(function)) => {
            let function = valid::function(*function, arguments, None, &mut faults);
            function.map(ToTokens::into_token_stream)
        }
        Some(Member::Block(block)) => Some(block::expanded(block, &arguments, &mut faults)),
        _ => None,
    };
    let errors = faults.to_errors();
    match instrumented {
        Some(instrumented) if faults.is_empty() => instrumented,
        _ => {
            let plain = item::without_helpers(item);
            quote!(#errors #plain)
        }
    }
}
