//! How a call went, read off the value that it returned.

use super::expand::local;
use super::model::{Instrumented, Success};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

impl Instrumented {
    /// The outcome as an expression, and before it what is to be logged; `result` is a reference to the value, `span` one to
    /// what is recorded of the call besides.
    pub(super) fn outcome(&self, result: &TokenStream, span: &TokenStream) -> TokenStream {
        let (krate, log) = (self.krate(), self.log(result));
        let is_span = self.arguments.span.is_some();
        let outcome = match &self.arguments.success {
            None => self.probe(result),
            Some((_, Success::OkIf(condition))) => {
                quote!(#krate::private::function::ok_if(#result, #condition))
            }
            Some((_, Success::ErrIf(condition))) => {
                quote!(#krate::private::function::err_if(#result, #condition))
            }
            Some((keyword, Success::Errors(errors))) => {
                let (counter, labels) = (self.errors(errors), self.chosen());
                let (krate, place) = (krate.at(keyword.span()), at(keyword.span()));
                if is_span {
                    quote_spanned!(place=> #krate::private::function::errors_told(#counter, #labels, #result, #span))
                } else {
                    quote_spanned!(place=> #krate::private::function::errors(#counter, #labels, #result))
                }
            }
        };
        let has_label = matches!(self.arguments.success, Some((_, Success::Errors(_))));
        let outcome = match is_span && !has_label {
            true => self.told(&outcome, result, span),
            false => outcome,
        };
        match log {
            Some(log) => quote!({ #log #outcome }),
            None => outcome,
        }
    }

    /// Asks a value of any type: `Err` is a failure, all else is well.
    fn probe(&self, result: &TokenStream) -> TokenStream {
        let krate = self.krate();
        quote! {{
            use #krate::private::function::{OfAnything as _, OfResult as _};
            (&#krate::private::function::Probe(#result)).outcome()
        }}
    }

    /// Says in the span what the error of a failure displays, if it displays anything.
    fn told(&self, outcome: &TokenStream, result: &TokenStream, span: &TokenStream) -> TokenStream {
        let (krate, known) = (self.krate(), local("outcome"));
        quote! {{
            let #known = #outcome;
            if #krate::private::function::has_failed(#span, #known) {
                use #krate::private::function::{ToldNothing as _, ToldText as _};
                (&#krate::private::function::Told(#result)).tell(#span);
            }
            #known
        }}
    }

    /// Logs what was asked for. With both levels, a value is logged at one of them.
    fn log(&self, result: &TokenStream) -> Option<TokenStream> {
        let (keyword, levels) = self.arguments.tracing.as_ref()?;
        let (krate, place) = (self.krate().at(keyword.span()), at(keyword.span()));
        let path = self.path();
        let log = |what: &str, level: &Ident| {
            let what = Ident::new(what, Span::call_site());
            quote_spanned!(place=> #krate::private::log!(#what: #level, #path, #result);)
        };
        let err = levels.err.as_ref().map(|level| log("err", level));
        let value = if levels.err.is_some() { "ok" } else { "ret" };
        let ret = levels.ret.as_ref().map(|level| log(value, level));
        Some(quote!(#err #ret))
    }

    /// What looks at the value when obs is compiled out, as a closure that is never called: only its types are looked at.
    pub(super) fn look(&self) -> Vec<TokenStream> {
        let (krate, result) = (self.krate(), local("result"));
        let mut looks = Vec::new();
        match &self.arguments.success {
            Some((_, Success::OkIf(condition) | Success::ErrIf(condition))) => {
                looks.push(quote!(#condition))
            }
            Some((_, Success::Errors(errors))) => {
                looks.push(quote!(|#result| #krate::private::check::errors::<_, #errors>(#result)));
            }
            None => {}
        }
        let Some((_, levels)) = &self.arguments.tracing else {
            return looks;
        };
        if levels.err.is_some() {
            looks.push(quote!(|#result| #krate::private::check::error_is_displayed(#result)));
        }
        looks
    }
}

/// A place of the user's, for names of the expansion.
pub(super) fn at(place: Span) -> Span {
    Span::call_site().located_at(place)
}
