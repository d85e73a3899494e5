//! The labels of a function's metrics: texts, and enums with the expression that chooses.

use super::model::{Arguments, Label, LabelValue};
use crate::arguments;
use crate::faults::Faults;
use crate::names;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Token, Type};

/// The labels that the families have anyway.
const OWN: &[&str] = &["function", "outcome", "error"];

/// Beside the outcome, which is one of the four that a metric can have.
const MOST_ENUMS: usize = 3;

const EXAMPLE: &str = "labels(method: Method = request.method, protocol = \"http\")";

/// Reads the parentheses of `labels(…)`.
pub(super) fn labels(
    keyword: &Ident,
    input: ParseStream<'_>,
    faults: &mut Faults,
) -> syn::Result<Vec<Label>> {
    if !input.peek(syn::token::Paren) {
        let how = format!("labels are written in parentheses: `{EXAMPLE}`");
        return Err(syn::Error::new(keyword.span(), how));
    }
    let content;
    let _paren = syn::parenthesized!(content in input);
    if content.is_empty() {
        let how = format!("no label: leave `labels` out, or write `{EXAMPLE}`");
        return Err(syn::Error::new(keyword.span(), how));
    }
    let mut labels: Vec<Label> = Vec::new();
    while !content.is_empty() {
        let read = label(&content).map(|label| {
            check(&label, &labels, faults);
            labels.push(label);
        });
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
            let how = format!(
                "a label is one text (`{key} = \"text\"`), or an enum and its value (`{key}: EnumType = expression`)"
            );
            syn::Error::new(fault.span(), how)
        })?;
        return Ok(Label {
            key,
            value: LabelValue::Literal(value),
        });
    }
    let how =
        format!("a label needs its value: `{key} = \"text\"`, or `{key}: EnumType = expression`");
    let missing = |_| syn::Error::new(key.span(), &how);
    let _colon = input.parse::<Token![:]>().map_err(missing)?;
    let values = input.parse::<Type>()?;
    let _equals = input.parse::<Token![=]>().map_err(missing)?;
    let value = input.parse::<Expr>()?;
    Ok(Label {
        key,
        value: LabelValue::Enum(Box::new((values, value))),
    })
}

fn check(label: &Label, before: &[Label], faults: &mut Faults) {
    let key = label.key.unraw().to_string();
    if OWN.contains(&key.as_str()) {
        let how = format!("`{key}` is a label of these metrics anyway: choose another name");
        faults.at(&label.key, how);
    } else if let Some(fault) = names::label_fault(&key, "function_calls_total") {
        faults.at(&label.key, fault);
    } else if before.iter().any(|other| other.key == label.key) {
        faults.at(
            &label.key,
            format!("the label `{key}` is given twice: leave one out"),
        );
    }
    let is_enum = |label: &&Label| matches!(label.value, LabelValue::Enum(_));
    match &label.value {
        LabelValue::Literal(text) if text.value().is_empty() => {
            let how =
                format!("a label without text is no label: write a text, or leave `{key}` out");
            faults.at(text, how);
        }
        LabelValue::Enum(_) if before.iter().filter(is_enum).count() == MOST_ENUMS => {
            let most = "a function has at most three enum labels: leave one out, or join two into one enum";
            faults.at(&label.key, most);
        }
        _ => {}
    }
}

impl Arguments {
    fn enums(&self) -> impl Iterator<Item = (&Ident, &(Type, Expr))> {
        let labels = self.labels.iter().flat_map(|(_, labels)| labels);
        labels.filter_map(|label| match &label.value {
            LabelValue::Enum(both) => Some((&label.key, &**both)),
            LabelValue::Literal(_) => None,
        })
    }

    /// The type of the enum labels: `()`, `A` or `(A, B)`.
    pub(super) fn labels_type(&self) -> TokenStream {
        let types: Vec<_> = self.enums().map(|(_, (values, _))| values).collect();
        match types.as_slice() {
            [one] => quote!(#one),
            types => quote!((#(#types),*)),
        }
    }

    /// The values of the enum labels, of that type; nothing where there are none.
    pub(super) fn labels_value(&self) -> Option<TokenStream> {
        let values: Vec<_> = self.enums().map(|(_, (_, value))| value).collect();
        match values.as_slice() {
            [] => None,
            [one] => Some(quote!(#one)),
            values => Some(quote!((#(#values),*))),
        }
    }

    /// Names and types of the enum labels.
    pub(super) fn label_keys(&self) -> impl Iterator<Item = TokenStream> {
        self.enums().map(|(key, (values, _))| {
            let key = key.unraw().to_string();
            quote!((#key, #values))
        })
    }

    /// Names and texts of the other labels.
    pub(super) fn label_texts(&self) -> impl Iterator<Item = TokenStream> {
        let labels = self.labels.iter().flat_map(|(_, labels)| labels);
        labels.filter_map(|label| match &label.value {
            LabelValue::Literal(text) => {
                let key = label.key.unraw().to_string();
                Some(quote!((#key, #text)))
            }
            LabelValue::Enum(_) => None,
        })
    }

    /// The names of all labels that were given.
    pub(super) fn label_names(&self) -> impl Iterator<Item = String> {
        let labels = self.labels.iter().flat_map(|(_, labels)| labels);
        labels.map(|label| label.key.unraw().to_string())
    }
}
