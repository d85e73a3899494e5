//! Gauges and counters that are observed: what a function tells, at each merge.

use super::model::{Kind, Observed};
use super::parse::{LabelValue, Written};
use crate::arguments;
use crate::faults::Faults;
use proc_macro2::Ident;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Expr, Token};

const FUNCTION: &str =
    "expected a function that tells the value: `observed = || QUEUE.len()`, or `observed` alone";

/// Reads `= FUNCTION`, if anything follows.
pub(super) fn parse(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Option<Expr>> {
    if !input.peek(Token![=]) {
        return Ok(None);
    }
    arguments::equals(keyword, input, "|| QUEUE.len()")?;
    match input.parse() {
        Ok(Expr::Lit(literal)) => Err(syn::Error::new_spanned(literal, FUNCTION)),
        Ok(function) => Ok(Some(function)),
        Err(fault) => Err(syn::Error::new(fault.span(), FUNCTION)),
    }
}

/// What tells the value, if it is observed; what such a metric cannot have besides is a fault.
pub(super) fn valid(written: &Written, kind: Kind, faults: &mut Faults) -> Option<Observed> {
    let (keyword, function) = written.observed.as_ref()?;
    if !matches!(kind, Kind::Gauge | Kind::Counter) {
        let word = kind.word();
        faults.at(
            keyword,
            format!("a {word} is made of observations: leave `observed` out, or use `gauge!` or `counter!`"),
        );
        return None;
    }
    if let (Some((states, _)), Kind::Gauge) = (&written.states, kind) {
        faults.at(
            states,
            "a state set is set, not observed: leave one of both out",
        );
        return None;
    }
    if let Some(dynamic) = &written.dynamic {
        let labels = &dynamic.keyword;
        faults.at(
            labels,
            format!("what is observed has no labels with any text: leave `{labels}` out"),
        );
    }
    if let (Some(integer), Kind::Gauge) = (&written.integer, kind) {
        let how = "an observed gauge shows whatever number it is told: leave `integer` out";
        faults.at(integer, how);
    }
    if let (Some(zero), Kind::Gauge) = (&written.zero, kind) {
        let how = "an observed gauge shows nothing before it is told something: leave `zero` out";
        faults.at(zero, how);
    }
    let Some(function) = function else {
        return Some(Observed::Watched);
    };
    for label in &written.labels {
        if let LabelValue::Enum(_) = label.value {
            let how = "a function tells one value: leave this label out, or write `observed` alone and `watch` one for each";
            faults.at(&label.key, how);
        }
    }
    if let Some(scope) = &written.in_components {
        let how = "a function tells what the process is like: leave the scope out, or write `observed` alone and `watch` one in each component";
        faults.at(scope, how);
    }
    Some(Observed::Function(function.to_token_stream()))
}
