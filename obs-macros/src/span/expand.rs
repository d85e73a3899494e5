//! The call as tokens, and beside it what stands there when obs is compiled out.

use super::model::{Attribute, Name, Value, What, Written};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

impl ToTokens for Written {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (krate, on, off) = (&self.krate, self.on(), self.off());
        tokens.extend(quote!(#krate::private::instrumented! { { #on } { #off } }));
    }
}

impl Written {
    fn on(&self) -> TokenStream {
        let (krate, constant, values) = (&self.krate, self.constant(), self.values());
        let site = self.site(&self.name());
        match self.what {
            What::Event => match &self.parent {
                Some((_, parent)) => {
                    let context = local("context");
                    quote!({
                        #constant
                        let #context: #krate::Context = #parent;
                        if #krate::Context::is_recorded(&#context) {
                            #krate::Context::event(&#context, #site, &[#(#values),*]);
                        }
                    })
                }
                // What the thread is in when the values are there: they may have been waited for.
                None => quote!({
                    #constant
                    if #krate::Context::is_recorded_here() {
                        #krate::Context::event_here(#site, &[#(#values),*]);
                    }
                }),
            },
            What::Span | What::Function => {
                let span = local("span");
                let start = match self.origin() {
                    None => quote!(#krate::Span::here(#site)),
                    Some(origin) => quote!(#krate::Span::of(#site, #origin)),
                };
                let record = self.has_attributes().then(|| {
                    quote!(if #krate::Span::is_recorded(&#span) {
                        #krate::Span::attributes(&#span, &[#(#values),*]);
                    })
                });
                quote!({ #constant let #span = #start; #record #span })
            }
        }
    }

    /// What is checked when nothing is recorded; none of it runs.
    fn off(&self) -> TokenStream {
        let (krate, constant, name, checks) =
            (&self.krate, self.constant(), self.name(), self.checks());
        let result = match self.what {
            What::Event => quote!(()),
            What::Span | What::Function => quote!(#krate::Span::off()),
        };
        let checks = (!checks.is_empty()).then(|| quote!(if false { #checks }));
        quote!({
            #constant
            const _: &::core::primitive::str = #name;
            #checks
            #result
        })
    }

    /// Looks at the types of the expressions, in code that never runs.
    pub(crate) fn checks(&self) -> TokenStream {
        let (krate, values) = (&self.krate, self.values());
        let parent = self.parent.as_ref().map(|(_, parent)| match self.what {
            What::Event => quote!(let _: #krate::Context = #parent;),
            What::Span | What::Function => {
                let origin = self.origin_of(parent);
                quote!(let _: #krate::private::span::Origin = #origin;)
            }
        });
        let value = quote!(::core::option::Option<#krate::private::span::Value<'_>>);
        quote!(#parent #(let _: #value = #values;)*)
    }

    /// The name where it is the user's constant: named here, where no item of the expansion can be taken for it.
    pub(crate) fn constant(&self) -> Option<TokenStream> {
        match &self.name {
            Name::Path(path) => Some(quote!(const __OBS_NAME: &::core::primitive::str = #path;)),
            Name::Text(_) | Name::Missing => None,
        }
    }

    fn name(&self) -> TokenStream {
        self.name_or(&quote!("missing"))
    }

    /// The name, or what it is where none is written.
    pub(crate) fn name_or(&self, missing: &TokenStream) -> TokenStream {
        match &self.name {
            Name::Text(text) => text.to_token_stream(),
            Name::Path(_) => quote!(__OBS_NAME),
            Name::Missing => missing.clone(),
        }
    }

    /// A reference to the static that describes it. The static stands in a block, out of sight of the user's expressions.
    fn site(&self, name: &TokenStream) -> TokenStream {
        let krate = &self.krate;
        let keys = self.attributes.iter().map(|attribute| &attribute.key);
        let kind = match &self.kind {
            Some(kind) => quote!(#krate::Kind::#kind),
            None => quote!(#krate::Kind::Internal),
        };
        let is_event = self.what == What::Event;
        quote! {{
            static SITE: #krate::private::span::Site = #krate::private::span::Site::new(
                #krate::private::span::Description {
                    name: #name,
                    keys: &[#(#keys),*],
                    kind: #kind,
                    is_event: #is_event,
                    file: ::core::file!(),
                    line: ::core::line!(),
                    module: ::core::module_path!(),
                }
            );
            &SITE
        }}
    }

    /// What the span of a call begins with.
    pub(crate) fn start(&self, name: &TokenStream) -> TokenStream {
        let (krate, site) = (&self.krate, self.site(name));
        match self.origin() {
            None => quote!(#krate::private::span::Start::here(#site)),
            Some(origin) => quote!(#krate::private::span::Start::of(#site, #origin)),
        }
    }

    /// Where the span comes from; nothing where that is what the thread is in, and waits.
    fn origin(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        let origin = match (&self.root, &self.parent) {
            (Some(_), _) => return Some(quote!(#krate::private::span::Origin::Root)),
            (None, Some((_, parent))) => self.origin_of(parent),
            (None, None) if self.detached.is_none() => return None,
            (None, None) => quote!(#krate::private::span::origin(#krate::Context::current())),
        };
        Some(match self.detached {
            Some(_) => quote!(#krate::private::span::Origin::detached(#origin)),
            None => origin,
        })
    }

    /// Where a span with that parent comes from. Errors point at the expression.
    fn origin_of(&self, parent: &Expr) -> TokenStream {
        let (krate, place) = (self.krate.at(parent.span()), parent.span());
        quote_spanned!(place=> #krate::private::span::origin(#parent))
    }

    pub(crate) fn has_attributes(&self) -> bool {
        !self.attributes.is_empty()
    }

    /// What attributes hold, each as an expression.
    pub(crate) fn values(&self) -> Vec<TokenStream> {
        let values = self.attributes.iter();
        values.map(|attribute| self.value(attribute)).collect()
    }

    fn value(&self, attribute: &Attribute) -> TokenStream {
        let (expression, written) = match &attribute.value {
            Value::Plain(value) => (value, None),
            Value::Displayed(value) => (value, Some(quote!(display))),
            Value::Debugged(value) => (value, Some(quote!(debug))),
        };
        // Errors point at the expression.
        let (krate, place) = (self.krate.at(expression.span()), expression.span());
        let of = quote_spanned!(place=> #krate::private::span);
        match written {
            None => quote_spanned!(place=> #of::value(&(#expression))),
            Some(how) => {
                quote_spanned!(place=> #of::value(&#of::Written::#how(&(#expression))))
            }
        }
    }
}

/// A name that no name of the user's can clash with.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
