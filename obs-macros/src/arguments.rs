//! Keyword arguments: how all macros read them, so that all give the same errors.

use crate::faults::{Faults, did_you_mean};
use proc_macro2::{Ident, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitStr, Token};

/// Reads `keyword …, keyword …` to the end of `input` and hands what follows each known keyword to `value`.
///
/// A fault is noted and reading goes on behind the next comma.
pub(crate) fn read(
    input: ParseStream<'_>,
    known: &[&str],
    faults: &mut Faults,
    mut value: impl FnMut(&Ident, ParseStream<'_>, &mut Faults) -> syn::Result<()>,
) {
    let mut seen = Vec::new();
    while !input.is_empty() {
        let read =
            keyword(input, known, &mut seen).and_then(|keyword| value(&keyword, input, faults));
        end(input, read, faults);
    }
}

/// Ends an argument: notes its fault, if any, and steps over the comma.
pub(crate) fn end(input: ParseStream<'_>, read: syn::Result<()>, faults: &mut Faults) {
    let read = read.and_then(|()| match input.is_empty() || input.peek(Token![,]) {
        true => Ok(()),
        false => Err(input.error("expected `,`")),
    });
    if let Err(fault) = read {
        faults.add(fault);
    }
    while !input.is_empty() && !input.peek(Token![,]) {
        let _skipped = input.parse::<TokenTree>();
    }
    let _comma = input.parse::<Option<Token![,]>>();
}

fn keyword(input: ParseStream<'_>, known: &[&str], seen: &mut Vec<Ident>) -> syn::Result<Ident> {
    let keyword = input.call(Ident::parse_any).map_err(|_| {
        let known = known.join("`, `");
        input.error(format!("expected an argument, one of `{known}`"))
    })?;
    let word = keyword.to_string();
    if !known.contains(&word.as_str()) {
        let hint = match did_you_mean(&word, known) {
            hint if hint.is_empty() => format!(": known are `{}`", known.join("`, `")),
            hint => hint,
        };
        return Err(syn::Error::new(
            keyword.span(),
            format!("unknown argument `{word}`{hint}"),
        ));
    }
    if seen.contains(&keyword) {
        return Err(syn::Error::new(
            keyword.span(),
            format!("`{word}` is given twice"),
        ));
    }
    seen.push(keyword.clone());
    Ok(keyword)
}

/// Reads `= "text"`; an error shows the `example`.
pub(crate) fn text(keyword: &Ident, input: ParseStream<'_>, example: &str) -> syn::Result<LitStr> {
    equals(keyword, input, &format!("\"{example}\""))?;
    input.parse().map_err(|fault| {
        syn::Error::new(
            fault.span(),
            format!("expected a text: `{keyword} = \"{example}\"`"),
        )
    })
}

/// Reads `=`; an error shows the `example` of what follows it.
pub(crate) fn equals(keyword: &Ident, input: ParseStream<'_>, example: &str) -> syn::Result<()> {
    match input.parse::<Token![=]>() {
        Ok(_) => Ok(()),
        Err(_) => Err(syn::Error::new(
            keyword.span(),
            format!("`{keyword}` needs a value: `{keyword} = {example}`"),
        )),
    }
}

/// Sees to it that a keyword has no value.
pub(crate) fn alone(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Token![=]) {
        return Err(input.error(format!(
            "`{keyword}` stands alone: write `{keyword}`, or leave it out"
        )));
    }
    Ok(())
}

/// Reads the `(naming)` of `allow(naming)`.
pub(crate) fn naming(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    const HOW: &str = "only the rules of naming can be relaxed: write `allow(naming)`";
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(keyword.span(), HOW));
    }
    let content;
    let _paren = syn::parenthesized!(content in input);
    let rule = content.call(Ident::parse_any).ok();
    match rule.is_some_and(|rule| rule == "naming") && content.is_empty() {
        true => Ok(()),
        false => Err(syn::Error::new(keyword.span(), HOW)),
    }
}
