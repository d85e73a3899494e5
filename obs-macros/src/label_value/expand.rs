//! The implementation as tokens.

use super::model::{Derive, Values};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl ToTokens for Values {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            derive,
            krate,
            name,
            generics,
            variants,
        } = self;
        let (parameters, arguments, _) = generics.split_for_impl();
        let texts = variants.iter().map(|(_, text)| text);
        let arms = variants
            .iter()
            .enumerate()
            .map(|(index, (variant, _))| quote!(#name::#variant => #index));
        tokens.extend(match derive {
            Derive::LabelValue => {
                let bounds = generics
                    .lt_token
                    .map(|_| quote!(where Self: ::core::marker::Copy + 'static));
                quote! {
                    #[automatically_derived]
                    impl #parameters #krate::private::LabelValue for #name #arguments #bounds {
                        const VALUES: &'static [&'static ::core::primitive::str] = &[#(#texts),*];

                        #[inline]
                        fn index(self) -> ::core::primitive::usize {
                            match self { #(#arms),* }
                        }
                    }
                }
            }
            Derive::ErrorLabel => {
                let mut generics = generics.clone();
                if generics.lt_token.is_some() {
                    let forever = syn::parse_quote!(Self: 'static);
                    generics.make_where_clause().predicates.push(forever);
                }
                let conditions = &generics.where_clause;
                quote! {
                    #[automatically_derived]
                    impl #parameters #krate::private::ErrorLabel for #name #arguments #conditions {
                        const LABELS: &'static [&'static ::core::primitive::str] = &[#(#texts),*];

                        #[inline]
                        fn label_index(&self) -> ::core::primitive::usize {
                            match *self { #(#arms),* }
                        }
                    }
                }
            }
        });
    }
}
