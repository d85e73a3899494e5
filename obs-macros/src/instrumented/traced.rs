//! The span of a call, where one is asked for: begun before the body takes what it needs of the arguments.

use super::expand::local;
use super::model::Instrumented;
use crate::span::Written;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

impl Instrumented {
    /// The span that was asked for.
    pub(super) fn span(&self) -> Option<Written> {
        let (_, span) = self.arguments.span.as_ref()?;
        Some(span.in_crate(self.krate()))
    }

    /// A call that has started, as a `Call` or as a `Guard`.
    pub(super) fn started(&self, kind: &str) -> TokenStream {
        let (krate, kind) = (self.krate(), Ident::new(kind, Span::call_site()));
        let (metrics, labels) = (self.metrics(), self.chosen());
        let kind = quote!(#krate::private::function::#kind);
        match self.span() {
            None => quote!(#kind::start(#metrics, #labels)),
            Some(span) => {
                let start = span.start(&span.name_or(&self.path()));
                let traced = quote!(#kind::traced(#metrics, #labels, #start));
                recorded(&span, &kind, traced)
            }
        }
    }

    /// A call whose first poll this is.
    pub(super) fn begun(
        &self,
        span: &Written,
        metrics: &TokenStream,
        labels: &TokenStream,
        component: &TokenStream,
    ) -> TokenStream {
        let krate = self.krate();
        let (kind, start) = (
            quote!(#krate::private::function::Begun),
            span.start(&span.name_or(&self.path())),
        );
        let begun = quote!(#kind::start(#metrics, #labels, #component, #start));
        recorded(span, &kind, begun)
    }

    /// What the span of a call begins with that is polled later: its attributes are kept until then.
    pub(super) fn later(&self, span: &Written) -> TokenStream {
        let krate = self.krate();
        let start = span.start(&span.name_or(&self.path()));
        if !span.has_attributes() {
            return quote!((#start, []));
        }
        let (begins, keeps, values) = (local("start"), local("kept"), span.values());
        let kept = values
            .iter()
            .map(|value| quote!(#krate::private::span::kept(#value)));
        let nothing = values.iter().map(|_| quote!(::core::option::Option::None));
        quote! {{
            let #begins = #start;
            let #keeps = if #krate::private::span::Start::is_on(&#begins) {
                [#(#kept),*]
            } else {
                [#(#nothing),*]
            };
            (#begins, #keeps)
        }}
    }
}

/// A call that has started, behind a look at its attributes if it has some, and it is recorded.
fn recorded(span: &Written, kind: &TokenStream, started: TokenStream) -> TokenStream {
    if !span.has_attributes() {
        return started;
    }
    let (call, values) = (local("call"), span.values());
    quote! {{
        let #call = #started;
        if #kind::is_recorded(&#call) {
            #kind::attributes(&#call, &[#(#values),*]);
        }
        #call
    }}
}
