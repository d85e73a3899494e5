//! State sets: a gauge whose value is one of the states of an enum.

use super::model::Kind;
use super::parse::{LabelValue, Written};
use crate::faults::Faults;
use crate::{arguments, names, units};
use proc_macro2::Ident;
use quote::quote;
use syn::Type;
use syn::parse::ParseStream;

const STATES: &str = "expected the enum of the states: `states = State`";

/// Reads `= State`.
pub(super) fn parse(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Type> {
    arguments::equals(keyword, input, "State")?;
    input
        .parse()
        .map(Type::Path)
        .map_err(|fault| syn::Error::new(fault.span(), STATES))
}

/// The enum of the states, if it is a state set; what it cannot have besides is a fault.
pub(super) fn valid(
    written: &Written,
    kind: Kind,
    name: &str,
    faults: &mut Faults,
) -> Option<Type> {
    let (keyword, states) = written.states.as_ref()?;
    if kind != Kind::Gauge {
        let word = kind.word();
        faults.at(
            keyword,
            format!("a {word} has no states: leave `states` out, or use `gauge!`"),
        );
        return None;
    }
    if let Some(keyword) = &written.integer {
        let how = "a state set holds a state, no number: leave `integer` out";
        faults.at(keyword, how);
    }
    if let Some(keyword) = &written.zero {
        let how = "a state set shows nothing before it is set: leave `zero` out";
        faults.at(keyword, how);
    }
    if let Some(dynamic) = &written.dynamic {
        let keyword = &dynamic.keyword;
        faults.at(
            keyword,
            format!("a state set has no labels with any text: leave `{keyword}` out"),
        );
    }
    for label in &written.labels {
        if let LabelValue::Enum(_) = label.value {
            let how = "the states are the one label with several values: leave this one out, or join both into one enum";
            faults.at(&label.key, how);
        } else if label.key == name {
            faults.at(
                &label.key,
                format!("`{name}` is the label of the states: choose another name"),
            );
        }
    }
    if let Some(literal) = &written.name {
        let unit = units::of_name(name);
        if !unit.is_empty() {
            faults.at(
                literal,
                format!("states have no unit: leave `_{unit}` out of the name"),
            );
        }
        if let Some(fault) = names::label_fault(name, name) {
            faults.at(
                literal,
                format!("the states are a label of this name; {fault}"),
            );
        }
    }
    match states {
        Some(states) => Some(states.clone()),
        // Something that has its fault already.
        None => syn::parse2(quote!(::core::primitive::bool)).ok(),
    }
}
