//! Reads the attribute's arguments.

use super::labels;
use super::model::{Arguments, Levels, Success, Words};
use crate::arguments;
use crate::faults::{Faults, did_you_mean};
use crate::metric;
use crate::paths::Krate;
use crate::span;
use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitStr, Path, Token};

const KEYWORDS: &[&str] = &[
    "component",
    "function",
    "prefix",
    "name",
    "labels",
    "bounds",
    "in_flight",
    "busy",
    "polls",
    "zero",
    "ok_if",
    "err_if",
    "errors",
    "tracing",
    "span",
    "future",
    "allow",
    "skip",
    "crate",
];

/// The levels of `tracing`, as they are written.
const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];

/// Reads the arguments. What cannot be read is a fault and left out.
pub(super) fn arguments(input: TokenStream, faults: &mut Faults) -> Arguments {
    let mut written = Arguments::default();
    let read = |input: ParseStream<'_>| {
        arguments::read(input, KEYWORDS, faults, |keyword, input, faults| {
            written.argument(keyword, input, faults)
        });
        Ok(())
    };
    if let Err(fault) = read.parse2(input) {
        faults.add(fault);
    }
    written
}

impl Arguments {
    fn argument(
        &mut self,
        keyword: &Ident,
        input: ParseStream<'_>,
        faults: &mut Faults,
    ) -> syn::Result<()> {
        match keyword.to_string().as_str() {
            "component" => self.component = Some(component(keyword, input)?),
            "name" => self.name = Some(words(keyword, input)?),
            "prefix" => self.prefix = Some(words(keyword, input)?),
            "function" => self.function = Some(arguments::text(keyword, input, "Store::put")?),
            "labels" => {
                let labels = labels::labels(keyword, input, faults)?;
                self.labels = Some((keyword.clone(), labels));
            }
            "bounds" => {
                let bounds = metric::bounds(keyword, input, faults)?;
                self.bounds = Some((keyword.clone(), bounds));
            }
            "ok_if" => self.success(keyword, Success::OkIf(condition(keyword, input)?))?,
            "err_if" => self.success(keyword, Success::ErrIf(condition(keyword, input)?))?,
            "errors" => {
                arguments::equals(keyword, input, "FetchError")?;
                let errors = input.parse().map_err(|fault| {
                    let how = "expected the type of the error: `errors = FetchError`, with `#[derive(ErrorLabel)]`";
                    syn::Error::new(fault.span(), how)
                })?;
                self.success(keyword, Success::Errors(errors))?;
            }
            "tracing" => self.tracing = Some((keyword.clone(), levels(keyword, input, faults)?)),
            "span" => self.span = Some((keyword.clone(), of_span(keyword, input, faults)?)),
            "allow" => {
                arguments::naming(keyword, input)?;
                self.relaxed = Some(keyword.clone());
            }
            "crate" => self.krate = Some(Krate::parse(keyword, input)?),
            _ => self.flag(keyword, input)?,
        }
        Ok(())
    }

    fn flag(&mut self, keyword: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let flag = match keyword.to_string().as_str() {
            "in_flight" => &mut self.in_flight,
            "busy" => &mut self.busy,
            "polls" => &mut self.polls,
            "zero" => &mut self.zero,
            "future" => &mut self.future,
            _ => &mut self.skip,
        };
        *flag = Some(keyword.clone());
        arguments::alone(keyword, input)
    }

    fn success(&mut self, keyword: &Ident, success: Success) -> syn::Result<()> {
        if let Some((first, _)) = &self.success {
            let how =
                format!("`{first}` tells success from failure already: leave one of the two out");
            return Err(syn::Error::new(keyword.span(), how));
        }
        self.success = Some((keyword.clone(), success));
        Ok(())
    }

    /// What is written here, and where nothing is, what is written at the block around.
    pub(super) fn or(self, block: &Arguments) -> Arguments {
        let block = block.clone();
        let named = self.name.is_some() || self.prefix.is_some();
        Arguments {
            krate: self.krate.or(block.krate),
            component: self.component.or(block.component),
            name: self.name,
            prefix: self.prefix.or(block.prefix.filter(|_| !named)),
            function: self.function,
            labels: self.labels.or(block.labels),
            bounds: self.bounds.or(block.bounds),
            in_flight: self.in_flight.or(block.in_flight),
            busy: self.busy.or(block.busy),
            polls: self.polls.or(block.polls),
            zero: self.zero.or(block.zero),
            future: self.future,
            success: self.success,
            tracing: self.tracing,
            span: self.span.or(block.span),
            relaxed: self.relaxed.or(block.relaxed),
            skip: self.skip,
        }
    }
}

fn component(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    const EXAMPLE: &str = "self.component";
    arguments::equals(keyword, input, EXAMPLE)?;
    input.parse().map_err(|fault| {
        let how = format!("expected an expression of type `Component`: `component = {EXAMPLE}`");
        syn::Error::new(fault.span(), how)
    })
}

/// A text, or the path of a `const`.
fn words(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Words> {
    let path = input.fork();
    if path.parse::<Token![=]>().is_err() || Path::parse_mod_style(&path).is_err() {
        return arguments::text(keyword, input, "fetch").map(Words::Text);
    }
    arguments::equals(keyword, input, "\"fetch\"")?;
    Path::parse_mod_style(input).map(Words::Path)
}

fn condition(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    let example = match keyword == "ok_if" {
        true => "Option::is_some",
        false => "|response| response.status >= 500",
    };
    arguments::equals(keyword, input, example)?;
    input.parse().map_err(|fault| {
        let how = format!("expected a condition on the returned value: `{keyword} = {example}`");
        syn::Error::new(fault.span(), how)
    })
}

/// `span` alone, or what `span!` takes in parentheses.
fn of_span(
    keyword: &Ident,
    input: ParseStream<'_>,
    faults: &mut Faults,
) -> syn::Result<span::Written> {
    if input.peek(Token![=]) {
        let how = "a span has its name in parentheses: `span(\"fetch\")`; `span` alone is named after the function";
        return Err(input.error(how));
    }
    if !input.peek(syn::token::Paren) {
        return Ok(span::Written::plain());
    }
    let content;
    let _paren = syn::parenthesized!(content in input);
    if content.is_empty() {
        let how = "nothing is said of the span: write `span`, or `span(\"fetch\", key = value)`";
        return Err(syn::Error::new(keyword.span(), how));
    }
    Ok(span::of_function(content.parse()?, faults))
}

fn levels(keyword: &Ident, input: ParseStream<'_>, faults: &mut Faults) -> syn::Result<Levels> {
    const EXAMPLE: &str = "tracing(err = \"warn\", ret = \"debug\")";
    let mut levels = Levels::default();
    let fault = || {
        syn::Error::new(
            keyword.span(),
            format!("say what is logged, and how: `{EXAMPLE}`"),
        )
    };
    if !input.peek(syn::token::Paren) {
        return Err(fault());
    }
    let content;
    let _paren = syn::parenthesized!(content in input);
    if content.is_empty() {
        return Err(fault());
    }
    arguments::read(&content, &["err", "ret"], faults, |keyword, input, _| {
        let level = level(&arguments::text(keyword, input, "warn")?)?;
        match keyword == "err" {
            true => levels.err = Some(level),
            false => levels.ret = Some(level),
        }
        Ok(())
    });
    Ok(levels)
}

/// The constant of `tracing::Level` that a text means.
fn level(text: &LitStr) -> syn::Result<Ident> {
    let written = text.value();
    if LEVELS.contains(&written.as_str()) {
        return Ok(Ident::new(&written.to_uppercase(), text.span()));
    }
    let hint = did_you_mean(&written, LEVELS);
    let known = LEVELS.join("`, `");
    let how = format!("a level is one of `{known}`{hint}");
    Err(syn::Error::new(text.span(), how))
}
