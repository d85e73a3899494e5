//! Checks what was written, and yields what can be instrumented.

use super::model::{Arguments, Function, Instrumented, Words};
use crate::faults::Faults;
use crate::metric::Kind;
use crate::names;
use crate::paths::inside_obs;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::LitStr;

/// The function to expand; `None` where there is nothing to instrument.
pub(super) fn function(
    mut function: Function,
    arguments: Arguments,
    owner: Option<&str>,
    faults: &mut Faults,
) -> Option<Instrumented> {
    if let Some(token) = &function.signature.constness {
        let why = "a `const fn` runs at compile time, where nothing can be recorded";
        faults.at(token, format!("{why}: remove `const`, or the attribute"));
    }
    if let Some(skip) = &arguments.skip {
        let how = "`skip` is for functions of an instrumented `impl`, `trait` or module: remove the attribute";
        faults.at(skip, how);
    }
    families(&arguments, faults);
    component(&function, &arguments, faults);
    let Some(body) = function.body.take() else {
        let how =
            "a declaration has no body to instrument: put the attribute on the implementation";
        faults.at(&function.signature.ident, how);
        return None;
    };
    let instrumented = Instrumented {
        function,
        body,
        arguments,
        owner: owner.map(str::to_owned),
    };
    shape(&instrumented, faults);
    Some(instrumented)
}

/// A block says nothing that only one function can be meant by.
pub(super) fn block(arguments: &Arguments, faults: &mut Faults) {
    let name = arguments.name.as_ref().map(ToTokens::to_token_stream);
    if let Some(name) = name {
        let how = "`name` makes families for one function: write `prefix = …`, which tells functions apart by a label";
        faults.at(name, how);
    }
    let of_one = [
        arguments.function.as_ref().map(ToTokens::to_token_stream),
        arguments.future.as_ref().map(ToTokens::to_token_stream),
        arguments
            .success
            .as_ref()
            .map(|(keyword, _)| keyword.to_token_stream()),
        arguments
            .tracing
            .as_ref()
            .map(|(keyword, _)| keyword.to_token_stream()),
    ];
    for argument in of_one.into_iter().flatten() {
        faults.at(
            argument,
            "this is about one function: put it into `#[instrumented(…)]` on that function",
        );
    }
    if let Some((keyword, span)) = &arguments.span
        && !span.is_plain()
    {
        let how = "this is about one function: write `span` here, and what is special into `#[instrumented(span(…))]` on that function";
        faults.at(keyword, how);
    }
    if let Some(skip) = &arguments.skip {
        faults.at(
            skip,
            "`skip` is for a part of what is instrumented: remove the attribute",
        );
    }
    words(arguments, faults);
}

/// Families must have good names, and be of their own where they differ from the shared ones.
fn families(arguments: &Arguments, faults: &mut Faults) {
    if let Some(text) = &arguments.function {
        label(text, arguments, faults);
    }
    words(arguments, faults);
    if arguments.name.is_some() || arguments.prefix.is_some() {
        return;
    }
    let labels = arguments
        .labels
        .as_ref()
        .map(|(keyword, _)| (keyword, "labels"));
    let bounds = arguments
        .bounds
        .as_ref()
        .map(|(keyword, _)| (keyword, "buckets"));
    for (keyword, what) in labels.into_iter().chain(bounds) {
        let how = format!(
            "all functions of the program share the families `function_…` and their {what}: \
             add `prefix = \"fetch\"`, or `name = \"fetch\"` for this function alone"
        );
        faults.at(keyword, how);
    }
}

fn label(text: &LitStr, arguments: &Arguments, faults: &mut Faults) {
    if text.value().is_empty() {
        faults.at(
            text,
            "a label without text is no label: write one, like `function = \"Store::put\"`",
        );
    }
    if arguments.name.is_some() {
        faults.at(
            text,
            "families of its own (`name = …`) have no label `function`: leave one of the two out",
        );
    }
}

fn words(arguments: &Arguments, faults: &mut Faults) {
    for words in [&arguments.name, &arguments.prefix].into_iter().flatten() {
        if let Words::Text(text) = words {
            name(text, arguments.relaxed.is_some(), faults);
        }
    }
    if let (Some(_), Some(prefix)) = (&arguments.name, &arguments.prefix) {
        let how = "`name` is for one function, `prefix` for several: leave one of the two out";
        faults.at(prefix, how);
    }
}

/// The prefix must make good names.
fn name(prefix: &LitStr, relaxed: bool, faults: &mut Faults) {
    let (written, counter) = (prefix.value(), format!("{}_calls_total", prefix.value()));
    let (broken, corrected) = match relaxed {
        true => (
            names::illegal(&counter, Kind::Counter, inside_obs()),
            names::legal(&counter, Kind::Counter, inside_obs()),
        ),
        false => (
            names::faults(&counter, Kind::Counter, inside_obs()),
            names::corrected(&counter, Kind::Counter, inside_obs()),
        ),
    };
    let prefix_to_write = corrected.strip_suffix("_calls_total").unwrap_or("fetch");
    if written.is_empty() {
        faults.at(
            prefix,
            "the name is empty: write what is called, like `name = \"fetch\"`",
        );
    } else if let Some(rule) = broken.first() {
        let rule = rule.split(": write `").next().unwrap_or(rule);
        faults.at(prefix, format!("{rule}: write `{prefix_to_write}`"));
    } else if let Some(stem) = written.strip_suffix("_total") {
        let why = "families add their suffixes (`_calls_total`) themselves";
        faults.at(prefix, format!("{why}: write `{stem}`"));
    }
}

/// A component that hangs on `self` needs one.
fn component(function: &Function, arguments: &Arguments, faults: &mut Faults) {
    let Some(component) = &arguments.component else {
        return;
    };
    if function.signature.receiver().is_none() && names_itself(component.to_token_stream()) {
        let name = &function.signature.ident;
        let how = format!(
            "`{name}` has no `self` to find the component by: give it `#[instrumented(component = …)]`, or `#[instrumented(skip)]`"
        );
        faults.at(name, how);
    }
}

fn names_itself(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => names_itself(group.stream()),
        TokenTree::Ident(ident) => ident == "self",
        _ => false,
    })
}

/// What is asked for must be there to be seen.
fn shape(instrumented: &Instrumented, faults: &mut Faults) {
    let (arguments, signature) = (&instrumented.arguments, &instrumented.function.signature);
    if !instrumented.shape().is_polled() {
        for keyword in [&arguments.busy, &arguments.polls].into_iter().flatten() {
            let how = format!(
                "only a future is polled: leave `{keyword}` out, or make the function `async`"
            );
            faults.at(keyword, how);
        }
    }
    if let (Some(keyword), Some(_)) = (&arguments.future, signature.asyncness) {
        faults.at(
            keyword,
            "an `async fn` is known to return a future: leave `future` out",
        );
    }
    let is_variadic = signature.variadic.is_some();
    for keyword in looked_at(arguments).filter(|_| is_variadic) {
        let how =
            format!("the value of a variadic function is not looked at: leave `{keyword}` out");
        faults.at(keyword, how);
    }
}

fn looked_at(arguments: &Arguments) -> impl Iterator<Item = &Ident> {
    let success = arguments.success.as_ref().map(|(keyword, _)| keyword);
    let tracing = arguments.tracing.as_ref().map(|(keyword, _)| keyword);
    success.into_iter().chain(tracing)
}
