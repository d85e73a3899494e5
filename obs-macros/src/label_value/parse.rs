//! Reads the enum and its `#[label(…)]` attributes.

use super::model::{Derive, Variant, Written};
use crate::faults::Faults;
use crate::paths::Krate;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Token};

/// Reads what stands behind the derive.
///
/// # Errors
///
/// What is no enum has no values to find.
pub(crate) fn written(
    input: TokenStream,
    derive: Derive,
    faults: &mut Faults,
) -> syn::Result<Written> {
    let input: DeriveInput = syn::parse2(input)?;
    let Data::Enum(data) = input.data else {
        return Err(syn::Error::new_spanned(
            &input.ident,
            format!(
                "label values are the variants of an enum: write `enum`, or implement `{}` by hand",
                derive.word()
            ),
        ));
    };
    let is_closed = derive == Derive::LabelValue;
    if let Some(parameter) = input.generics.params.first().filter(|_| is_closed) {
        faults.at(
            parameter,
            "label values are a closed set: remove the type parameter",
        );
    }
    let mut written = Written {
        derive,
        krate: Krate::default(),
        name: input.ident,
        generics: input.generics,
        variants: Vec::new(),
    };
    for attribute in labels(&input.attrs) {
        match attribute.parse_args_with(krate) {
            Ok(krate) => written.krate = krate,
            Err(error) => faults.add(error),
        }
    }
    for variant in data.variants {
        if is_closed && !matches!(variant.fields, Fields::Unit) {
            faults.at(
                &variant.fields,
                "a label value has no fields, since the set of values is closed: remove the fields",
            );
        }
        let text = text(&variant.attrs, faults);
        written.variants.push(Variant {
            name: variant.ident,
            fields: variant.fields,
            text,
        });
    }
    Ok(written)
}

fn labels(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("label"))
}

/// The text of `#[label("…")]`; the last one counts, and the others are faults.
fn text(attributes: &[Attribute], faults: &mut Faults) -> Option<LitStr> {
    let mut text = None;
    for attribute in labels(attributes) {
        match attribute.parse_args_with(value) {
            Ok(_) if text.is_some() => {
                faults.at(attribute, "the label value is given twice: remove one")
            }
            Ok(value) => text = Some(value),
            Err(error) => faults.add(error),
        }
    }
    text
}

/// `"text"` or `value = "text"`.
fn value(input: ParseStream<'_>) -> syn::Result<LitStr> {
    const WRITE: &str = "write the text of the label value: `#[label(\"text\")]`";
    if input.peek(Ident::peek_any) {
        let keyword = Ident::parse_any(input)?;
        if keyword != "value" {
            return Err(syn::Error::new(keyword.span(), WRITE));
        }
        input.parse::<Token![=]>()?;
    }
    input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), WRITE))
}

/// `crate = path`, the one argument that the enum itself may have.
fn krate(input: ParseStream<'_>) -> syn::Result<Krate> {
    const WRITE: &str =
        "an enum takes only `#[label(crate = path::to::obs)]`: texts stand on its variants";
    if !input.peek(Token![crate]) {
        return Err(input.error(WRITE));
    }
    let keyword = Ident::parse_any(input)?;
    Krate::parse(&keyword, input)
}
