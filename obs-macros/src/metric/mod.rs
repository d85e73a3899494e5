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

pub(crate) use model::{Bounds, Kind};

use crate::faults::Faults;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::ParseStream;

/// Expands a macro call to a metric handle, behind its faults if it has some.
pub(crate) fn expand(input: TokenStream, kind: Kind) -> TokenStream {
    let (written, mut faults) = parse::written(input, kind);
    let metric = valid::metric(written, kind, &mut faults);
    faults.before_expression(metric.into_token_stream())
}

/// Reads and checks the `= [0.1, 1.0]` of `bounds = [0.1, 1.0]`.
pub(crate) fn bounds(
    keyword: &Ident,
    input: ParseStream<'_>,
    faults: &mut Faults,
) -> syn::Result<Bounds> {
    Ok(match parse::bounds(keyword, input)? {
        parse::Bounds::Listed(array) => valid::listed(&array, faults),
        parse::Bounds::Path(path) => Bounds::Foreign(path.to_token_stream()),
        parse::Bounds::Faulty => Bounds::Own(TokenStream::new()),
    })
}
