//! The function when obs is compiled out: as it was written, behind a look at the types of the arguments.

use super::model::{Instrumented, Success, Words};
use super::outcome::at;
use super::shape::Shape;
use crate::metric::Bounds;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

impl Instrumented {
    /// The function as it was written.
    pub(super) fn off(&self) -> TokenStream {
        let (constants, bounds, checks, body) = (
            self.constants(),
            self.checked_bounds(),
            self.checks(),
            &self.body,
        );
        self.function
            .with_body(&[], quote!(#constants #bounds #checks #body))
    }

    /// What is checked at compile time, with obs or without: the words that names begin with, and that errors have labels.
    /// The words have a name here, where no item of the expansion can be taken for what they are called.
    pub(super) fn constants(&self) -> TokenStream {
        let arguments = &self.arguments;
        let words = match arguments.name.as_ref().or(arguments.prefix.as_ref()) {
            Some(Words::Path(path)) => {
                let (krate, place) = (self.krate().at(path.span()), at(path.span()));
                Some(quote_spanned! {place=>
                    const __OBS_WORDS: &::core::primitive::str = #path;
                    const _: () = #krate::private::text::check_prefix(__OBS_WORDS);
                })
            }
            _ => None,
        };
        let errors = match &arguments.success {
            Some((_, Success::Errors(errors))) => {
                let (krate, place) = (self.krate().at(errors.span()), at(errors.span()));
                Some(
                    quote_spanned!(place=> const _: () = #krate::private::check::has_labels::<#errors>();),
                )
            }
            _ => None,
        };
        let span = self.span().and_then(|span| span.constant());
        quote!(#words #errors #span)
    }

    /// Bounds are checked where a histogram is made of them, and here where none is.
    fn checked_bounds(&self) -> Option<TokenStream> {
        let krate = self.krate();
        match &self.arguments.bounds {
            Some((_, Bounds::Foreign(bounds))) => {
                Some(quote!(const _: () = #krate::private::bounds::check(#bounds);))
            }
            _ => None,
        }
    }

    /// Code that never runs.
    fn checks(&self) -> Option<TokenStream> {
        let krate = self.krate();
        let component = self.arguments.component.as_ref();
        let component = component.map(|component| quote!(let _: #krate::Component = #component;));
        let labels = self.arguments.labels_value().map(|value| {
            let labels = self.arguments.labels_type();
            quote!(#krate::private::check::labels::<#labels>(#value);)
        });
        let looks = self.returned().map(|returned| {
            let looks = self.look();
            quote!(#(#krate::private::check::condition::<#returned>(#looks);)*)
        });
        let span = self.span().map(|span| span.checks());
        let checks = quote!(#component #labels #looks #span);
        (!checks.is_empty()).then(|| quote!(if false { #checks }))
    }

    /// The type of the value that is asked how the call went, where it can be written a second time.
    fn returned(&self) -> Option<TokenStream> {
        let (Shape::Checked(returned) | Shape::Async(Some(returned))) = self.shape() else {
            return None;
        };
        let tokens = returned.to_token_stream();
        let is_known = !tokens
            .clone()
            .into_iter()
            .any(|token| token.to_string() == "_");
        is_known.then_some(tokens)
    }
}
