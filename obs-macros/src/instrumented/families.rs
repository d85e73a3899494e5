//! The metrics of a function: the shared families, or families of its own.

use super::model::{Instrumented, Success, Words};
use crate::metric::Bounds;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

/// A family: the end of its name, what it tells, and what kind of metric it is.
pub(super) struct Family {
    pub(super) suffix: &'static str,
    pub(super) help: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Durations,
}

const CALLS: Family = Family::new("calls_total", "Calls", Kind::Counter);
const DURATION: Family = Family::new("duration_seconds", "Time of calls", Kind::Durations);
const IN_FLIGHT: Family = Family::new("in_flight", "Calls under way", Kind::Gauge);
const BUSY: Family = Family::new(
    "busy_seconds",
    "Time inside polls of calls",
    Kind::Durations,
);
const POLLS: Family = Family::new("polls_total", "Polls of calls", Kind::Counter);
const ERRORS: Family = Family::new("errors_total", "Errors", Kind::Counter);

impl Family {
    const fn new(suffix: &'static str, help: &'static str, kind: Kind) -> Self {
        Family { suffix, help, kind }
    }

    fn unit(&self) -> &'static str {
        match self.kind {
            Kind::Durations => "seconds",
            Kind::Counter | Kind::Gauge => "",
        }
    }
}

impl Instrumented {
    /// A reference to the static with the function's metrics. The static stands in a block, out of the body's sight.
    pub(super) fn metrics(&self) -> TokenStream {
        let (krate, labels) = (self.krate(), self.arguments.labels_type());
        let outcome = quote!(#krate::private::function::Outcome);
        let calls = self.metric(&CALLS, Some(("outcome", &outcome)));
        let duration = self.metric(&DURATION, None);
        let in_flight = self.optional(&IN_FLIGHT, self.arguments.in_flight.as_ref());
        let busy = self.optional(&BUSY, self.arguments.busy.as_ref());
        let polls = self.optional(&POLLS, self.arguments.polls.as_ref());
        quote! {{
            static FUNCTION: #krate::private::function::Function<#labels> = #krate::private::function::Function {
                calls: #calls, duration: #duration, in_flight: #in_flight, busy: #busy, polls: #polls
            };
            &FUNCTION
        }}
    }

    /// The counter of errors by label.
    pub(super) fn errors(&self, errors: &syn::Type) -> TokenStream {
        let krate = self.krate();
        let failure = quote!(#krate::private::function::Failure<#errors>);
        self.metric(&ERRORS, Some(("error", &failure)))
    }

    fn optional(&self, family: &Family, asked_for: Option<&Ident>) -> TokenStream {
        match asked_for {
            None => quote!(::core::option::Option::None),
            Some(_) => {
                let metric = self.metric(family, None);
                quote!(::core::option::Option::Some(#metric))
            }
        }
    }

    /// The handle of one metric, with the labels of the function and perhaps one more.
    fn metric(&self, family: &Family, more: Option<(&str, &TokenStream)>) -> TokenStream {
        let krate = self.krate();
        let (name, help) = (self.name(family), self.help(family));
        let (kind, number) = match family.kind {
            Kind::Counter => (quote!(Counter), None),
            Kind::Gauge => (quote!(Gauge), Some(quote!(Number))),
            Kind::Durations => (quote!(Histogram), Some(quote!(Seconds))),
        };
        let (unit, zero, literals) = (
            family.unit(),
            self.arguments.zero.is_some(),
            self.literals(),
        );
        let labels = self.arguments.labels_type();
        let (labels, more) = match more {
            None => (labels, None),
            Some((name, values)) => (
                quote!(#krate::private::function::And<#labels, #values>),
                Some(quote!((#name, #values))),
            ),
        };
        let keys = self.arguments.label_keys().chain(more);
        let (constant, bounds) = self.bounds(family);
        let metric = quote! {
            #krate::private::metric! {
                #kind, (#labels), #number,
                name: #name, help: #help, unit: #unit, scope: Component, zero: #zero,
                literals: #literals, keys: [#(#keys),*], bounds: #bounds
            }
        };
        match constant {
            None => metric,
            Some(constant) => quote!({ #constant #metric }),
        }
    }

    /// The bounds, and the constant that stands for them where they name something of the user's.
    fn bounds(&self, family: &Family) -> (Option<TokenStream>, TokenStream) {
        let krate = self.krate();
        match &self.arguments.bounds {
            _ if family.kind != Kind::Durations => (None, quote!(&[])),
            None => (None, quote!(#krate::DEFAULT_BOUNDS_SECONDS)),
            Some((_, Bounds::Own(bounds))) => (None, bounds.clone()),
            Some((_, Bounds::Foreign(bounds))) => (
                Some(quote!(const OBS_BOUNDS_OF_METRIC: &[::core::primitive::f64] = #bounds;)),
                quote!(OBS_BOUNDS_OF_METRIC),
            ),
        }
    }

    fn words(&self) -> Option<&Words> {
        self.arguments
            .name
            .as_ref()
            .or(self.arguments.prefix.as_ref())
    }

    fn name(&self, family: &Family) -> TokenStream {
        let (krate, suffix) = (self.krate(), format!("_{}", family.suffix));
        match self.words() {
            Some(Words::Path(_)) => quote!(#krate::private::joined!(__OBS_WORDS, #suffix)),
            _ => {
                let name = self.written_name(family);
                quote!(#name)
            }
        }
    }

    /// The name as it can be told without the compiler.
    pub(super) fn written_name(&self, family: &Family) -> String {
        let words = match self.words() {
            None => "function".to_owned(),
            Some(Words::Text(text)) => text.value(),
            Some(Words::Path(path)) => {
                format!("{{{}}}", quote!(#path).to_string().replace(' ', ""))
            }
        };
        format!("{words}_{}", family.suffix)
    }

    fn help(&self, family: &Family) -> TokenStream {
        let (krate, what) = (self.krate(), family.help);
        match self.words() {
            None => {
                let help = format!("{what} of instrumented functions.");
                quote!(#help)
            }
            Some(Words::Text(text)) => {
                let help = format!("{what} of `{}`.", text.value());
                quote!(#help)
            }
            Some(Words::Path(_)) => {
                let start = format!("{what} of `");
                quote!(#krate::private::joined!(#start, __OBS_WORDS, "`."))
            }
        }
    }

    /// The label `function`, which tells the functions of shared families apart, and the user's texts.
    fn literals(&self) -> TokenStream {
        let function = self.function_text().map(|text| quote!(("function", #text)));
        let literals = function.into_iter().chain(self.arguments.label_texts());
        quote!([#(#literals),*])
    }

    /// The value of the label `function`, where the families have it.
    fn function_text(&self) -> Option<TokenStream> {
        match &self.arguments.name {
            Some(_) => None,
            None => Some(self.path()),
        }
    }

    /// The function's path, or what it is to be called.
    pub(super) fn path(&self) -> TokenStream {
        if let Some(text) = &self.arguments.function {
            return quote!(#text);
        }
        let name = self.function.signature.ident.unraw().to_string();
        let name = match &self.owner {
            Some(owner) => format!("::{owner}::{name}"),
            None => format!("::{name}"),
        };
        quote!(::core::concat!(::core::module_path!(), #name))
    }

    /// The families that this function feeds, each with the names of its labels.
    pub(super) fn families(&self) -> Vec<(&'static Family, Vec<String>)> {
        let arguments = &self.arguments;
        let counts_errors = matches!(arguments.success, Some((_, Success::Errors(_))));
        let families = [
            (&CALLS, true, Some("outcome")),
            (&DURATION, true, None),
            (&ERRORS, counts_errors, Some("error")),
            (&IN_FLIGHT, arguments.in_flight.is_some(), None),
            (&BUSY, arguments.busy.is_some(), None),
            (&POLLS, arguments.polls.is_some(), None),
        ];
        let has_function = arguments.name.is_none().then(|| "function".to_owned());
        let fed = families.into_iter().filter(|(_, fed, _)| *fed);
        fed.map(|(family, _, own)| {
            let labels = has_function
                .clone()
                .into_iter()
                .chain(arguments.label_names());
            (family, labels.chain(own.map(str::to_owned)).collect())
        })
        .collect()
    }
}
