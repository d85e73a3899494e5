//! A metric as tokens: one call of `obs::private::metric!`.

use super::model::{Bounds, Kind, Metric, Scope};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl ToTokens for Metric {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            krate,
            name,
            help,
            unit,
            zero,
            bounds,
            ..
        } = self;
        let kind = match self.kind {
            Kind::Counter => quote!(Counter),
            Kind::Gauge => quote!(Gauge),
            Kind::Histogram => quote!(Histogram),
        };
        let number = match self.kind {
            Kind::Counter => TokenStream::new(),
            Kind::Gauge if self.integer => quote!(Integer),
            Kind::Histogram if unit == "seconds" => quote!(Seconds),
            Kind::Gauge | Kind::Histogram => quote!(Number),
        };
        let scope = match self.scope {
            Scope::Component => quote!(Component),
            Scope::Process => quote!(Process),
        };
        let labels = self.labels_type();
        let literals = self
            .literals
            .iter()
            .map(|(key, text)| quote!((#key, #text)));
        let keys = self
            .keys
            .iter()
            .map(|(key, values)| quote!((#key, #values)));
        let (constant, bounds) = match bounds {
            Bounds::Own(bounds) => (None, bounds.clone()),
            Bounds::Foreign(bounds) => {
                let constant = quote!(OBS_BOUNDS_OF_METRIC);
                (
                    Some(quote!(const #constant: &[::core::primitive::f64] = #bounds;)),
                    constant,
                )
            }
        };
        let metric = quote! {
            #krate::private::metric! {
                #kind, (#labels), #number,
                name: #name, help: #help, unit: #unit, scope: #scope, zero: #zero,
                literals: [#(#literals),*], keys: [#(#keys),*], bounds: #bounds
            }
        };
        tokens.extend(match constant {
            Some(constant) => quote!({ #constant #metric }),
            None => metric,
        });
    }
}

impl Metric {
    /// `()`, `A` or `(A, B)`.
    fn labels_type(&self) -> TokenStream {
        let types = self.keys.iter().map(|(_, values)| values);
        match types.len() {
            1 => quote!(#(#types)*),
            _ => quote!((#(#types),*)),
        }
    }
}
