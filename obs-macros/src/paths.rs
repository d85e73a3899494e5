//! The path to crate `obs` in an expansion: `::obs`, or what `crate = …` says.

use crate::arguments;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Path;
use syn::parse::ParseStream;

/// Where an expansion finds crate `obs`.
#[derive(Clone)]
pub(crate) struct Krate(TokenStream);

impl Default for Krate {
    fn default() -> Self {
        Self(quote!(::obs))
    }
}

impl Krate {
    /// Reads the `= path` of a `crate = path` argument.
    pub(crate) fn parse(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        arguments::equals(keyword, input, "::path::to::obs")?;
        let path = input.call(Path::parse_mod_style)?;
        Ok(Self(path.into_token_stream()))
    }

    /// The path as if it were written there, for errors that point at what it is used for.
    pub(crate) fn at(&self, place: Span) -> Self {
        let tokens = self.0.clone().into_iter().map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        });
        Self(tokens.collect())
    }
}

impl ToTokens for Krate {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// Whether the crate being compiled is obs itself, whose metrics may start with `obs_` and `process_`.
pub(crate) fn inside_obs() -> bool {
    std::env::var("CARGO_PKG_NAME").is_ok_and(|name| matches!(name.as_str(), "obs" | "obs-runtime"))
}
