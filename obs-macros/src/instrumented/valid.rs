//! Checks what was written, and yields what can be instrumented.

use super::model::{Arguments, Function, Instrumented};
use crate::faults::Faults;
use crate::metric::Kind;
use crate::names;
use crate::paths::inside_obs;
use syn::LitStr;

/// The function to expand; `None` where there is nothing to instrument.
pub(super) fn function(
    mut function: Function,
    arguments: Arguments,
    faults: &mut Faults,
) -> Option<Instrumented> {
    if let Some(token) = &function.signature.constness {
        let why = "a `const fn` runs at compile time, where nothing can be recorded";
        faults.at(token, format!("{why}: remove `const`, or the attribute"));
    }
    if let Some(text) = &arguments.function {
        label(text, &arguments, faults);
    }
    if let Some(prefix) = &arguments.name {
        name(prefix, faults);
    }
    let body = function.body.take();
    if body.is_none() {
        let how =
            "a declaration has no body to instrument: put the attribute on the implementation";
        faults.at(&function.signature.ident, how);
    }
    Some(Instrumented {
        function,
        body: body?,
        arguments,
    })
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

/// The prefix must make good names.
fn name(prefix: &LitStr, faults: &mut Faults) {
    let (written, counter) = (prefix.value(), format!("{}_calls_total", prefix.value()));
    let broken = names::faults(&counter, Kind::Counter, inside_obs());
    let corrected = names::corrected(&counter, Kind::Counter, inside_obs());
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
