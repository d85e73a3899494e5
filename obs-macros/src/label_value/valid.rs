//! Gives each variant its text, and finds texts that cannot be.

use super::model::{Values, Written};
use crate::faults::Faults;
use crate::names;
use proc_macro2::Ident;
use quote::quote;
use std::collections::HashMap;
use syn::Fields;
use syn::ext::IdentExt;

/// The values of the enum; what is at fault in them keeps a text, so that nothing else goes wrong.
pub(crate) fn values(written: Written, faults: &mut Faults) -> Values {
    if written.variants.is_empty() {
        faults.at(
            &written.name,
            "an enum without variants has no label values: add one",
        );
    }
    let mut seen: HashMap<String, Ident> = HashMap::new();
    let mut variants = Vec::new();
    for variant in written.variants {
        let text = match &variant.text {
            Some(text) => text.value(),
            None => names::snake_case(&variant.name.unraw().to_string()),
        };
        if text.is_empty() {
            faults.at(
                &variant.text,
                "Prometheus takes an empty label value for a missing label: write some text",
            );
        }
        if let Some(first) = seen.get(&text) {
            let message = format!(
                "`{first}` has the label value \"{text}\" already: write another with `#[label(\"…\")]`"
            );
            match &variant.text {
                Some(text) => faults.at(text, message),
                None => faults.at(&variant.name, message),
            }
        }
        seen.entry(text.clone())
            .or_insert_with(|| variant.name.clone());
        let name = &variant.name;
        let pattern = match variant.fields {
            Fields::Unit => quote!(#name),
            _ => quote!(#name { .. }),
        };
        variants.push((pattern, text));
    }
    Values {
        derive: written.derive,
        krate: written.krate,
        name: written.name,
        generics: written.generics,
        variants,
    }
}
