//! The call as tokens, and beside it what stands there when obs is compiled out.

use super::model::{Attribute, Name, Value, What, Written};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

impl ToTokens for Written {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (krate, on, off) = (&self.krate, self.on(), self.off());
        tokens.extend(quote!(#krate::private::instrumented! { { #on } { #off } }));
    }
}

impl Written {
    fn on(&self) -> TokenStream {
        let (krate, site) = (&self.krate, self.site());
        let values = self.values();
        match self.what {
            What::Span => {
                let (span, start) = (local("span"), self.start());
                let record = (!self.attributes.is_empty()).then(|| {
                    quote!(if #krate::Span::is_recorded(&#span) {
                        #krate::Span::attributes(&#span, &[#(#values),*]);
                    })
                });
                quote!({ #site let #span = #start; #record #span })
            }
            What::Event => {
                let (context, of) = (local("context"), self.context());
                quote!({
                    #site
                    let #context: #krate::Context = #of;
                    if #krate::Context::is_recorded(&#context) {
                        #krate::Context::event(&#context, &SITE, &[#(#values),*]);
                    }
                })
            }
        }
    }

    /// What is checked when nothing is recorded; none of it runs.
    fn off(&self) -> TokenStream {
        let (krate, name, values) = (&self.krate, self.name(), self.values());
        let parent = self.parent.as_ref().map(|(_, parent)| match self.what {
            What::Span => quote!(let _ = #krate::private::span::origin(#parent);),
            What::Event => quote!(let _: #krate::Context = #parent;),
        });
        let result = match self.what {
            What::Span => quote!(#krate::Span::off()),
            What::Event => quote!(()),
        };
        let checks = (parent.is_some() || !values.is_empty()).then(|| {
            quote!(if false {
                #parent
                #(let _ = #values;)*
            })
        });
        quote!({
            const _: &::core::primitive::str = #name;
            #checks
            #result
        })
    }

    /// The static that describes it.
    fn site(&self) -> TokenStream {
        let (krate, name) = (&self.krate, self.name());
        let keys = self.attributes.iter().map(|attribute| &attribute.key);
        let kind = match &self.kind {
            Some(kind) => quote!(#krate::Kind::#kind),
            None => quote!(#krate::Kind::Internal),
        };
        let is_event = self.what == What::Event;
        quote! {
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
        }
    }

    fn name(&self) -> TokenStream {
        match &self.name {
            Name::Text(text) => text.to_token_stream(),
            Name::Path(path) => path.to_token_stream(),
            Name::Missing => quote!("missing"),
        }
    }

    fn start(&self) -> TokenStream {
        let krate = &self.krate;
        let origin = match (&self.root, &self.parent, &self.detached) {
            (None, None, None) => return quote!(#krate::Span::here(&SITE)),
            (Some(_), ..) => quote!(#krate::private::span::Origin::Root),
            (None, parent, detached) => {
                let parent = match parent {
                    Some((_, parent)) => quote!(#parent),
                    None => quote!(#krate::Context::current()),
                };
                let origin = quote!(#krate::private::span::origin(#parent));
                match detached {
                    Some(_) => quote!(#origin.detached()),
                    None => origin,
                }
            }
        };
        quote!(#krate::Span::of(&SITE, #origin))
    }

    /// What an event happens in.
    fn context(&self) -> TokenStream {
        let krate = &self.krate;
        match &self.parent {
            Some((_, parent)) => quote!(#parent),
            None => quote!(#krate::Context::current()),
        }
    }

    fn values(&self) -> Vec<TokenStream> {
        let values = self.attributes.iter();
        values.map(|attribute| self.value(attribute)).collect()
    }

    fn value(&self, attribute: &Attribute) -> TokenStream {
        let of = |expression: &syn::Expr| self.krate.at(expression.span());
        match &attribute.value {
            Value::Plain(value) => {
                let (krate, place) = (of(value), value.span());
                quote_spanned!(place=> #krate::private::span::value(&(#value)))
            }
            Value::Displayed(value) => {
                let (krate, place) = (of(value), value.span());
                quote_spanned!(place=> #krate::private::span::value(&#krate::private::span::Written::display(&(#value))))
            }
            Value::Debugged(value) => {
                let (krate, place) = (of(value), value.span());
                quote_spanned!(place=> #krate::private::span::value(&#krate::private::span::Written::debug(&(#value))))
            }
        }
    }
}

/// A name that no name of the user's can clash with.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
