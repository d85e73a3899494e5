//! A metric as tokens: one call of `obs::private::metric!`.

use super::model::{Bounds, Kind, Metric, Observed, Scale, Scope};
use crate::paths::Krate;
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
            Kind::Counter if self.observed.is_some() => quote!(ObservedCounter),
            Kind::Counter => quote!(Counter),
            Kind::Gauge if self.observed.is_some() => quote!(ObservedGauge),
            Kind::Gauge if self.info => quote!(Info),
            Kind::Gauge if self.states.is_some() => quote!(StateSet),
            Kind::Gauge => quote!(Gauge),
            Kind::Histogram if self.scale.is_some() => quote!(ExponentialHistogram),
            Kind::Histogram => quote!(Histogram),
            Kind::Summary => quote!(Summary),
        };
        let number = match self.kind {
            Kind::Counter => TokenStream::new(),
            Kind::Gauge if self.info || self.observed.is_some() => TokenStream::new(),
            Kind::Gauge if self.states.is_some() => TokenStream::new(),
            Kind::Gauge if self.integer => quote!(Integer),
            Kind::Histogram | Kind::Summary if unit == "seconds" => quote!(Seconds),
            Kind::Gauge | Kind::Histogram | Kind::Summary => quote!(Number),
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
        let states = self.states.as_ref().map(|states| quote!((#name, #states)));
        let keys = self
            .keys
            .iter()
            .map(|(key, values)| quote!((#key, #values)))
            .chain(states);
        let (function, source) = self.source().unzip();
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
        let scale = self.scale.as_ref().map(|scale| scale.fields(krate));
        let further = self.further();
        let mut metric = quote! {
            #krate::private::metric! {
                #kind, (#labels), #number,
                name: #name, help: #help, unit: #unit, scope: #scope, zero: #zero,
                literals: [#(#literals),*], keys: [#(#keys),*], bounds: #bounds #scale #further #source
            }
        };
        let labels = self.dynamic.len();
        if self.info {
            metric = quote!(#krate::private::Info::<#labels>::of(#metric));
        } else if labels > 0 {
            metric = quote!(#krate::private::Dynamic::<_, #labels>::of(#metric));
        }
        tokens.extend(match (constant, function.flatten()) {
            (None, None) => metric,
            (constant, function) => quote!({ #constant #function #metric }),
        });
    }
}

impl Metric {
    /// What most metrics leave out, as further fields.
    fn further(&self) -> TokenStream {
        let mut fields = TokenStream::new();
        if !self.dynamic.is_empty() {
            let labels = &self.dynamic;
            fields.extend(quote!(, dynamic: &[#(#labels),*]));
        }
        if let Some(most) = self.max_series {
            fields.extend(quote!(, max_series: #most));
        }
        fields
    }

    /// What tells the value, outside the metric, where the user's names mean what the user meant; and the field that says
    /// so.
    fn source(&self) -> Option<(Option<TokenStream>, TokenStream)> {
        let private = &self.krate;
        let private = quote!(#private::private);
        let Observed::Function(function) = self.observed.as_ref()? else {
            return Some((None, quote!(, source: #private::Source::Watched)));
        };
        let timed = self.unit == "seconds";
        let (number, value, source) = match self.kind {
            Kind::Counter => (
                quote!(u64),
                quote!(#private::counter_value(#function, #timed)),
                quote!(Counter),
            ),
            _ => (
                quote!(f64),
                quote!(#private::gauge_value(#function)),
                quote!(Gauge),
            ),
        };
        let constant = quote!(OBS_VALUE_OF_METRIC);
        Some((
            Some(quote!(const #constant: fn() -> ::core::primitive::#number = || #value;)),
            quote!(, source: #private::Source::#source(#constant)),
        ))
    }

    /// `()`, `A` or `(A, B)`.
    fn labels_type(&self) -> TokenStream {
        let types: Vec<_> = self
            .keys
            .iter()
            .map(|(_, values)| values)
            .chain(&self.states)
            .collect();
        match types.len() {
            1 => quote!(#(#types)*),
            _ => quote!((#(#types),*)),
        }
    }
}

impl Scale {
    /// The fields of a definition that say it, behind a comma.
    fn fields(&self, krate: &Krate) -> TokenStream {
        let Self {
            schema,
            low,
            high,
            quantiles,
            window_seconds,
        } = self;
        let scale = quote!(#krate::private::Exponential::new(#schema, #low, #high));
        let exponential = quote!(, exponential: ::core::option::Option::Some(#scale));
        if quantiles.is_empty() {
            return exponential;
        }
        let window = quote!(#krate::private::Duration::from_secs(#window_seconds));
        quote!(#exponential, quantiles: &[#(#quantiles),*], window: #window)
    }
}
