//! Checks what was written, notes each fault where it is, and yields a metric that can be expanded in any case.

/// Labels whose values are any text.
mod dynamic;

use super::model::{Bounds, Kind, Metric, Observed, Scope};
use super::parse::{self, LabelValue, Written};
use super::{observed, states};
use crate::faults::Faults;
use crate::paths::{Krate, inside_obs};
use crate::{names, units};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Expr, ExprArray, Lit, LitStr, UnOp};

/// The number of enum labels that a tuple of labels can have.
const MAX_ENUM_LABELS: usize = 4;

/// The metric that is written, mended where it has faults.
pub(super) fn metric(written: Written, kind: Kind, faults: &mut Faults) -> Metric {
    let name = name(&written, kind, faults);
    help(&written, faults);
    let unit = unit(&written, &name, kind, faults);
    let (literals, keys) = labels(&written, &name, faults);
    let bounds = bounds(&written, kind, &unit, faults);
    let integer = integer(&written, kind, &unit, faults);
    let states = states::valid(&written, kind, &name, faults);
    let observed = observed::valid(&written, kind, faults);
    let scale = written
        .exponential
        .scale(kind, &unit, written.name.as_ref(), faults);
    let taken = literals.iter().map(|(key, _)| key.as_str());
    let taken: Vec<&str> = taken
        .chain(keys.iter().map(|(key, _)| key.as_str()))
        .collect();
    let dynamic = dynamic::labels(&written, kind, &taken, &name, faults);
    let max_series = dynamic::max_series(&written, faults);
    let info = kind == Kind::Gauge && dynamic::is_info(&written);
    Metric {
        name: LitStr::new(
            &name,
            written
                .name
                .as_ref()
                .map_or_else(Span::call_site, LitStr::span),
        ),
        help: written
            .help
            .unwrap_or_else(|| LitStr::new("Unknown.", Span::call_site())),
        krate: written.krate,
        scope: match observed {
            Some(Observed::Function(_)) => Scope::Process,
            _ => written.scope,
        },
        zero: written.zero.is_some(),
        integer,
        kind,
        unit,
        literals,
        keys,
        info,
        dynamic,
        max_series,
        bounds,
        scale,
        states,
        observed,
    }
}

/// The name to go on with: as written, or corrected.
fn name(written: &Written, kind: Kind, faults: &mut Faults) -> String {
    let Some(literal) = &written.name else {
        return kind.example().to_owned();
    };
    let name = literal.value();
    let (broken, corrected) = match (
        kind == Kind::Gauge && dynamic::is_info(written),
        written.relaxed,
    ) {
        // The ending is what makes it one: it is no question of style.
        (true, _) => names::faults_of_info(&name, inside_obs()),
        (false, true) => (
            names::illegal(&name, kind, inside_obs()),
            names::legal(&name, kind, inside_obs()),
        ),
        (false, false) => (
            names::faults(&name, kind, inside_obs()),
            names::corrected(&name, kind, inside_obs()),
        ),
    };
    if broken.is_empty() {
        return name;
    }
    for rule in broken {
        faults.at(literal, rule);
    }
    corrected
}

fn help(written: &Written, faults: &mut Faults) {
    let Some(literal) = &written.help else { return };
    let help = literal.value();
    if help.trim().is_empty() {
        faults.at(
            literal,
            "the help text is empty: say in a sentence what the metric tells",
        );
    } else if help.trim() != help {
        faults.at(
            literal,
            format!(
                "the help text has blanks around it: write `{}`",
                help.trim()
            ),
        );
    }
}

/// The unit that the name says, checked against `unit = "…"`.
fn unit(written: &Written, name: &str, kind: Kind, faults: &mut Faults) -> String {
    let said = units::of_name(name);
    let Some(literal) = &written.unit else {
        return said.to_owned();
    };
    let unit = literal.value();
    let base = units::base_of(&unit).or_else(|| units::plural_of(&unit));
    let stem = name.strip_suffix("_total").unwrap_or(name);
    if let Some(base) = base {
        faults.at(
            literal,
            format!("`{unit}` is not a base unit in the plural: write `unit = \"{base}\"`"),
        );
    } else if unit != names::snake_case(&unit) || unit.is_empty() {
        faults.at(
            literal,
            "a unit is a word in the plural, like `unit = \"seconds\"`",
        );
    } else if stem.ends_with(&format!("_{unit}")) {
        return unit;
    } else if said.is_empty() {
        let total = if kind == Kind::Counter { "_total" } else { "" };
        faults.at(
            literal,
            format!("the name does not end in its unit: name it `{stem}_{unit}{total}`"),
        );
    } else {
        faults.at(
            literal,
            format!("the name says `{said}`: write `unit = \"{said}\"`, or leave the unit out"),
        );
    }
    said.to_owned()
}

type Labels = (Vec<(String, LitStr)>, Vec<(String, syn::Type)>);

fn labels(written: &Written, name: &str, faults: &mut Faults) -> Labels {
    let (mut literals, mut keys) = (Vec::new(), Vec::new());
    let mut seen: Vec<String> = Vec::new();
    for label in &written.labels {
        let key = label.key.unraw().to_string();
        let fault = match written.relaxed {
            true => names::label_illegal(&key),
            false => names::label_fault(&key, name),
        };
        if let Some(fault) = fault {
            faults.at(&label.key, fault);
        } else if seen.contains(&key) {
            faults.at(
                &label.key,
                format!("the label `{key}` is given twice: leave one out"),
            );
        }
        match &label.value {
            LabelValue::Literal(value) => {
                label_text(&label.key, value, faults);
                literals.push((key.clone(), value.clone()));
            }
            LabelValue::Enum(_) if keys.len() == MAX_ENUM_LABELS => {
                let most = "a metric has at most four enum labels: leave one out, or join two into one enum";
                faults.at(&label.key, most);
            }
            // Faulty there.
            LabelValue::Enum(_) if written.states.is_some() => {}
            LabelValue::Enum(value) => keys.push((key.clone(), (**value).clone())),
        }
        seen.push(key);
    }
    (literals, keys)
}

fn label_text(key: &Ident, value: &LitStr, faults: &mut Faults) {
    if value.value().is_empty() {
        faults.at(
            value,
            format!("a label without text is no label: write a text, or leave `{key}` out"),
        );
    }
}

/// Whether it is a gauge of whole numbers.
fn integer(written: &Written, kind: Kind, unit: &str, faults: &mut Faults) -> bool {
    let Some(keyword) = &written.integer else {
        return false;
    };
    if kind == Kind::Gauge && (written.states.is_some() || written.observed.is_some()) {
        // Faulty there.
        return false;
    }
    let how = match kind {
        Kind::Gauge if unit == "ratio" => "a ratio lies between whole numbers: leave `integer` out",
        Kind::Gauge => return true,
        Kind::Counter => "a counter counts whole numbers anyway: leave `integer` out",
        Kind::Histogram | Kind::Summary => "only a gauge is `integer`: leave the word out",
    };
    faults.at(keyword, how);
    false
}

/// The bounds as an expression, which is empty for kinds that have none.
fn bounds(written: &Written, kind: Kind, unit: &str, faults: &mut Faults) -> Bounds {
    if let (Some((keyword, _)), true) = (&written.bounds, kind != Kind::Histogram) {
        faults.at(
            keyword,
            format!(
                "a {} has no bounds: leave them out, or use `histogram!`",
                kind.word()
            ),
        );
        return Bounds::Own(quote!(&[]));
    }
    if written.exponential.is_exponential() {
        if let Some((keyword, _)) = &written.bounds {
            let how = "exponential buckets have their own bounds: leave these out, or write `range = [0.001, 60.0]`";
            faults.at(keyword, how);
        }
        return Bounds::Own(quote!(&[]));
    }
    match &written.bounds {
        Some((_, parse::Bounds::Listed(array))) => listed(array, faults),
        Some((_, parse::Bounds::Path(path))) => Bounds::Foreign(path.to_token_stream()),
        Some((_, parse::Bounds::Faulty)) => Bounds::Own(quote!(&[1.0])),
        None if kind == Kind::Histogram => missing(written, unit, faults),
        None => Bounds::Own(quote!(&[])),
    }
}

/// The bounds to take where none are written: only durations have some.
fn missing(written: &Written, unit: &str, faults: &mut Faults) -> Bounds {
    if unit == "seconds" {
        let krate: &Krate = &written.krate;
        return Bounds::Own(quote!(#krate::DEFAULT_BOUNDS_SECONDS));
    }
    if let Some(name) = &written.name {
        let example = if unit == "ratio" {
            "[0.25, 0.5, 0.75, 1.0]"
        } else {
            "[64, 1024, 16384]"
        };
        let why = "only a histogram of seconds has bounds by default";
        faults.at(
            name,
            format!("{why}: add the bounds that matter, like `bounds = {example}`"),
        );
    }
    Bounds::Own(quote!(&[1.0]))
}

/// Bounds in brackets: literals are checked here, at the number; other expressions by a `const` assertion of obs.
pub(super) fn listed(array: &ExprArray, faults: &mut Faults) -> Bounds {
    if array.elems.is_empty() {
        faults.at(
            array,
            "no bound: write at least one, like `bounds = [0.1, 1.0, 10.0]`",
        );
        return Bounds::Own(quote!(&[1.0]));
    }
    let mut bounds = Vec::new();
    let (mut before, mut all_good, mut all_own) = (None, true, true);
    for element in &array.elems {
        let Some(number) = number(element) else {
            (before, all_own) = (None, false);
            bounds.push(element.to_token_stream());
            continue;
        };
        match number_fault(number, before) {
            None => bounds.push(literal(number, element)),
            Some(fault) => {
                all_good = false;
                faults.at(element, fault);
            }
        }
        before = Some(number);
    }
    match (all_good, all_own) {
        (false, _) => Bounds::Own(quote!(&[1.0])),
        (true, true) => Bounds::Own(quote!(&[#(#bounds),*])),
        (true, false) => Bounds::Foreign(quote!(&[#(#bounds),*])),
    }
}

fn number_fault(number: f64, before: Option<f64>) -> Option<String> {
    if !number.is_finite() {
        return Some(
            "bounds are finite; the bucket `+Inf` is always there: leave this one out".to_owned(),
        );
    }
    let before = before.filter(|before| *before >= number)?;
    Some(format!(
        "bounds increase strictly, `{number}` follows `{before}`: sort them, each once"
    ))
}

/// The number that a literal says, with its sign.
pub(super) fn number(element: &Expr) -> Option<f64> {
    match element {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) => int.base10_parse().ok(),
            Lit::Float(float) => float.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Some(-number(&unary.expr)?),
        Expr::Group(group) => number(&group.expr),
        _ => None,
    }
}

/// `number` as a literal of type `f64`, where `element` stands.
fn literal(number: f64, element: &Expr) -> TokenStream {
    let mut literal = Literal::f64_unsuffixed(number.abs());
    literal.set_span(syn::spanned::Spanned::span(element));
    if number.is_sign_negative() {
        quote!(-#literal)
    } else {
        literal.to_token_stream()
    }
}
