//! The implementation as tokens.

use super::model::Values;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl ToTokens for Values {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            krate,
            name,
            generics,
            variants,
        } = self;
        let (parameters, arguments, _) = generics.split_for_impl();
        let bounds = generics
            .lt_token
            .map(|_| quote!(where Self: ::core::marker::Copy + 'static));
        let texts = variants.iter().map(|(_, text)| text);
        let arms = variants
            .iter()
            .enumerate()
            .map(|(index, (variant, _))| quote!(#name::#variant => #index));
        let index = if variants.is_empty() {
            quote!(match self {})
        } else {
            quote!(match self { #(#arms),* })
        };
        tokens.extend(quote! {
            #[automatically_derived]
            impl #parameters #krate::private::LabelValue for #name #arguments #bounds {
                const VALUES: &'static [&'static str] = &[#(#texts),*];

                #[inline]
                fn index(self) -> ::core::primitive::usize {
                    #index
                }
            }
        });
    }
}
