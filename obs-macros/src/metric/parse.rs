//! Reads the input of `counter!`, `gauge!`, `histogram!` and `summary!` as it is written, good or not.

use super::model::{Kind, Scope};
use super::{exponential, observed, states};
use crate::arguments::{self, alone};
use crate::faults::{Faults, did_you_mean};
use crate::paths::Krate;
use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitInt, LitStr, Token, Type};

const KEYWORDS: &[&str] = &[
    "labels",
    "dynamic",
    "max_series",
    "info",
    "unit",
    "bounds",
    "exponential",
    "range",
    "quantiles",
    "window",
    "scope",
    "zero",
    "states",
    "observed",
    "integer",
    "allow",
    "crate",
];

/// What is written in a macro call.
#[derive(Default)]
pub(super) struct Written {
    pub(super) name: Option<LitStr>,
    pub(super) help: Option<LitStr>,
    pub(super) labels: Vec<Label>,
    pub(super) dynamic: Option<Dynamic>,
    pub(super) max_series: Option<(Ident, LitInt)>,
    pub(super) unit: Option<LitStr>,
    pub(super) bounds: Option<(Ident, Bounds)>,
    pub(super) exponential: exponential::Written,
    pub(super) scope: Scope,
    /// The keyword of `scope = component`.
    pub(super) in_components: Option<Ident>,
    pub(super) zero: Option<Ident>,
    pub(super) integer: Option<Ident>,
    /// The keyword, and the type where it has no fault.
    pub(super) states: Option<(Ident, Option<Type>)>,
    /// The keyword, and the function where there is one.
    pub(super) observed: Option<(Ident, Option<Expr>)>,
    /// Whether naming is the user's affair, as far as it is legal.
    pub(super) relaxed: bool,
    pub(super) krate: Krate,
}

/// `key = "literal"` or `key: EnumType`.
pub(super) struct Label {
    pub(super) key: Ident,
    pub(super) value: LabelValue,
}

pub(super) enum LabelValue {
    Literal(LitStr),
    Enum(Box<Type>),
}

/// `dynamic(path, method)` or `info(version)`.
pub(super) struct Dynamic {
    pub(super) keyword: Ident,
    pub(super) keys: Vec<Ident>,
}

pub(super) enum Bounds {
    /// `[0.1, 1.0]`
    Listed(syn::ExprArray),
    /// The path of a `const`.
    Path(syn::Path),
    /// Something that has its fault already.
    Faulty,
}

/// Reads a call. What cannot be read is a fault and left out.
pub(super) fn written(input: proc_macro2::TokenStream, kind: Kind) -> (Written, Faults) {
    let mut faults = Faults::default();
    let read = |input: ParseStream<'_>| Ok(call(input, kind, &mut faults));
    let written = read.parse2(input);
    match written {
        Ok(written) => (written, faults),
        Err(fault) => {
            faults.add(fault);
            (Written::default(), faults)
        }
    }
}

fn call(input: ParseStream<'_>, kind: Kind, faults: &mut Faults) -> Written {
    let mut written = Written::default();
    let example = format!(
        "`{}!(\"{}\", \"What it tells.\")`",
        kind.word(),
        kind.example()
    );
    if input.is_empty() {
        faults.add(input.error(format!("a metric has a name and a help text: {example}")));
        return written;
    }
    written.name = text(
        input,
        &format!("expected the metric's name: {example}"),
        faults,
    );
    let help = format!("expected a help text after the name: {example}");
    match &written.name {
        Some(name) if input.is_empty() => faults.at(name, help),
        _ => written.help = text(input, &help, faults),
    }
    arguments::read(input, KEYWORDS, faults, |keyword, input, faults| {
        written.argument(keyword, input, faults)
    });
    written
}

/// Reads one of the two texts. Where a keyword stands in its place, nothing is skipped.
fn text(input: ParseStream<'_>, expected: &str, faults: &mut Faults) -> Option<LitStr> {
    if input.peek(LitStr) {
        let text = input.parse().ok();
        arguments::end(input, Ok(()), faults);
        return text;
    }
    faults.add(input.error(expected));
    let keyword = input.fork().call(Ident::parse_any);
    if !keyword.is_ok_and(|keyword| KEYWORDS.contains(&keyword.to_string().as_str())) {
        skip_argument(input);
    }
    None
}

fn skip_argument(input: ParseStream<'_>) {
    let mut unnoted = Faults::default();
    arguments::end(input, Ok(()), &mut unnoted);
}

impl Written {
    fn argument(
        &mut self,
        keyword: &Ident,
        input: ParseStream<'_>,
        faults: &mut Faults,
    ) -> syn::Result<()> {
        match keyword.to_string().as_str() {
            "labels" => self.labels = labels(keyword, input, faults)?,
            "dynamic" | "info" => self.dynamic(keyword, input)?,
            "max_series" => {
                arguments::equals(keyword, input, "500")?;
                let count = input.parse().map_err(|fault| {
                    let how = "expected how many combinations each component may have: `max_series = 500`";
                    syn::Error::new(fault.span(), how)
                })?;
                self.max_series = Some((keyword.clone(), count));
            }
            "unit" => self.unit = Some(arguments::text(keyword, input, "seconds")?),
            "bounds" => {
                let read = bounds(keyword, input);
                let (bounds, read) = match read {
                    Ok(bounds) => (bounds, Ok(())),
                    Err(fault) => (Bounds::Faulty, Err(fault)),
                };
                self.bounds = Some((keyword.clone(), bounds));
                return read;
            }
            "exponential" | "range" | "quantiles" | "window" => {
                self.exponential.argument(keyword, input)?;
            }
            "observed" => {
                let function = observed::parse(keyword, input)?;
                self.observed = Some((keyword.clone(), function));
            }
            "scope" => {
                self.scope = scope(keyword, input)?;
                let in_components = self.scope == Scope::Component;
                self.in_components = in_components.then(|| keyword.clone());
            }
            "crate" => self.krate = Krate::parse(keyword, input)?,
            "states" => {
                let read = states::parse(keyword, input);
                let (states, read) = match read {
                    Ok(states) => (Some(states), Ok(())),
                    Err(fault) => (None, Err(fault)),
                };
                self.states = Some((keyword.clone(), states));
                return read;
            }
            "allow" => {
                arguments::naming(keyword, input)?;
                self.relaxed = true;
            }
            "integer" => {
                self.integer = Some(keyword.clone());
                alone(keyword, input)?;
            }
            _ => {
                self.zero = Some(keyword.clone());
                alone(keyword, input)?;
            }
        }
        Ok(())
    }
}

impl Written {
    fn dynamic(&mut self, keyword: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let example = match keyword == "info" {
            true => "`info(version, digest)`",
            false => "`dynamic(path, method)`",
        };
        let how = format!("dynamic labels are names in parentheses: {example}");
        if !input.peek(syn::token::Paren) {
            return Err(syn::Error::new(keyword.span(), how));
        }
        let content;
        let _paren = syn::parenthesized!(content in input);
        let names = content.call(|content| content.parse_terminated(Ident::parse_any, Token![,]));
        let names = names.map_err(|fault| {
            // What is left would be a fault of its own.
            let _ = content.parse::<proc_macro2::TokenStream>();
            syn::Error::new(fault.span(), &how)
        })?;
        let keys: Vec<Ident> = names.into_iter().collect();
        if keys.is_empty() {
            let how = format!("no label: leave `{keyword}` out, or write {example}");
            return Err(syn::Error::new(keyword.span(), how));
        }
        if let Some(other) = &self.dynamic {
            let how = format!(
                "`{}` names the dynamic labels already: join the two",
                other.keyword
            );
            return Err(syn::Error::new(keyword.span(), how));
        }
        self.dynamic = Some(Dynamic {
            keyword: keyword.clone(),
            keys,
        });
        Ok(())
    }
}

fn labels(keyword: &Ident, input: ParseStream<'_>, faults: &mut Faults) -> syn::Result<Vec<Label>> {
    const EXAMPLE: &str = "labels(method: Method, protocol = \"http\")";
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(
            keyword.span(),
            format!("labels are written in parentheses: `{EXAMPLE}`"),
        ));
    }
    let content;
    let _paren = syn::parenthesized!(content in input);
    if content.is_empty() {
        return Err(syn::Error::new(
            keyword.span(),
            format!("no label: leave `labels` out, or write `{EXAMPLE}`"),
        ));
    }
    let mut labels = Vec::new();
    while !content.is_empty() {
        let read = label(&content).map(|label| labels.push(label));
        arguments::end(&content, read, faults);
    }
    Ok(labels)
}

fn label(input: ParseStream<'_>) -> syn::Result<Label> {
    let key = input.call(Ident::parse_any).map_err(|fault| {
        syn::Error::new(fault.span(), "expected the name of a label, without quotes")
    })?;
    if input.parse::<Option<Token![=]>>()?.is_some() {
        let value = input.parse().map_err(|fault| {
            let how =
                format!("a label is one text (`{key} = \"text\"`) or an enum (`{key}: EnumType`)");
            syn::Error::new(fault.span(), how)
        })?;
        return Ok(Label {
            key,
            value: LabelValue::Literal(value),
        });
    }
    if input.parse::<Option<Token![:]>>()?.is_some() {
        let value = input.parse().map_err(|fault| {
            syn::Error::new(
                fault.span(),
                format!("expected the label's enum: `{key}: EnumType`"),
            )
        })?;
        return Ok(Label {
            key,
            value: LabelValue::Enum(Box::new(value)),
        });
    }
    let how = format!(
        "a label needs its values: `{key} = \"text\"`, or `{key}: EnumType` with `#[derive(LabelValue)]`"
    );
    Err(syn::Error::new(key.span(), how))
}

pub(super) fn bounds(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Bounds> {
    arguments::equals(keyword, input, "[0.1, 1.0, 10.0]")?;
    match input.parse::<Expr>() {
        Ok(Expr::Array(array)) => Ok(Bounds::Listed(array)),
        Ok(Expr::Path(path)) if path.attrs.is_empty() && path.qself.is_none() => {
            Ok(Bounds::Path(path.path))
        }
        Ok(other) => Err(syn::Error::new_spanned(other, BOUNDS)),
        Err(fault) => Err(syn::Error::new(fault.span(), BOUNDS)),
    }
}

const BOUNDS: &str = "expected the bounds: `bounds = [0.1, 1.0, 10.0]`, or `bounds = PATH` to a `const` of type `&[f64]`";

fn scope(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Scope> {
    arguments::equals(keyword, input, "process")?;
    let word = input.call(Ident::parse_any)?;
    match word.to_string().as_str() {
        "component" => Ok(Scope::Component),
        "process" => Ok(Scope::Process),
        other => {
            let hint = did_you_mean(other, &["component", "process"]);
            let how = format!("a scope is `component` or `process`{hint}");
            Err(syn::Error::new(word.span(), how))
        }
    }
}
