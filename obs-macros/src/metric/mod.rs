//! `counter!`, `gauge!`, `histogram!` and `summary!`: parse → model → validate → expand.

mod expand;
mod exponential;
mod model;
mod observed;
mod parse;
mod states;
mod valid;

#[cfg(test)]
mod tests;

pub(crate) use model::Kind;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Expands a macro call to a metric handle, behind its faults if it has some.
pub(crate) fn expand(input: TokenStream, kind: Kind) -> TokenStream {
    let (written, mut faults) = parse::written(input, kind);
    let metric = valid::metric(written, kind, &mut faults);
    faults.before_expression(metric.into_token_stream())
}
