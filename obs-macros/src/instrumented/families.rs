//! The metrics of a function: the shared families, or families of its own.

use super::model::Arguments;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

impl Arguments {
    /// A reference to the static with the function's metrics. The static stands in a block, out of the body's sight.
    pub(super) fn metrics(&self, function: &Ident) -> TokenStream {
        let krate = &self.krate;
        let (calls, duration, in_flight) = (
            self.calls(function),
            self.duration(function),
            self.in_flight(function),
        );
        quote! {{
            static FUNCTION: #krate::private::function::Function =
                #krate::private::function::Function { calls: #calls, duration: #duration, in_flight: #in_flight };
            &FUNCTION
        }}
    }

    fn calls(&self, function: &Ident) -> TokenStream {
        let (krate, literals) = (&self.krate, self.literals(function));
        let (name, help) = (self.family("calls_total"), self.help("Calls"));
        quote! {
            #krate::private::metric! {
                Counter, (#krate::private::function::Outcome), ,
                name: #name, help: #help, unit: "", scope: Component, zero: false,
                literals: #literals, keys: [("outcome", #krate::private::function::Outcome)], bounds: &[]
            }
        }
    }

    fn duration(&self, function: &Ident) -> TokenStream {
        let (krate, literals) = (&self.krate, self.literals(function));
        let (name, help) = (self.family("duration_seconds"), self.help("Time of calls"));
        quote! {
            #krate::private::metric! {
                Histogram, (()), Seconds,
                name: #name, help: #help, unit: "seconds", scope: Component, zero: false,
                literals: #literals, keys: [], bounds: #krate::DEFAULT_BOUNDS_SECONDS
            }
        }
    }

    fn in_flight(&self, function: &Ident) -> TokenStream {
        if !self.in_flight {
            return quote!(::core::option::Option::None);
        }
        let (krate, literals) = (&self.krate, self.literals(function));
        let (name, help) = (self.family("in_flight"), self.help("Calls under way"));
        quote! {
            ::core::option::Option::Some(#krate::private::metric! {
                Gauge, (()), Number,
                name: #name, help: #help, unit: "", scope: Component, zero: false,
                literals: #literals, keys: [], bounds: &[]
            })
        }
    }

    fn family(&self, suffix: &str) -> String {
        let prefix = self
            .name
            .as_ref()
            .map_or_else(|| "function".to_owned(), syn::LitStr::value);
        format!("{prefix}_{suffix}")
    }

    fn help(&self, what: &str) -> String {
        match &self.name {
            Some(name) => format!("{what} of `{}`.", name.value()),
            None => format!("{what} of instrumented functions."),
        }
    }

    /// The label `function`, which tells the functions of the shared families apart.
    fn literals(&self, function: &Ident) -> TokenStream {
        if self.name.is_some() {
            return quote!([]);
        }
        let name = function.unraw().to_string();
        match &self.function {
            Some(text) => quote!([("function", #text)]),
            None => quote!([(
                "function",
                ::core::concat!(::core::module_path!(), "::", #name)
            )]),
        }
    }
}
