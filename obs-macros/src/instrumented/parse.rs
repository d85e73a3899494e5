//! Reads the attribute's arguments and the function below it.

use super::model::{Arguments, Function};
use crate::arguments;
use crate::faults::Faults;
use crate::paths::Krate;
use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Token, Visibility, braced};

const KEYWORDS: &[&str] = &["component", "name", "function", "in_flight", "crate"];

/// Reads the arguments. What cannot be read is a fault and left out.
pub(super) fn arguments(input: TokenStream, faults: &mut Faults) -> Arguments {
    let mut written = Arguments::default();
    let read = |input: ParseStream<'_>| {
        arguments::read(input, KEYWORDS, faults, |keyword, input, _| {
            written.argument(keyword, input)
        });
        Ok(())
    };
    if let Err(fault) = read.parse2(input) {
        faults.add(fault);
    }
    written
}

impl Arguments {
    fn argument(&mut self, keyword: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match keyword.to_string().as_str() {
            "component" => self.component = Some(component(keyword, input)?),
            "name" => self.name = Some(arguments::text(keyword, input, "fetch")?),
            "function" => self.function = Some(arguments::text(keyword, input, "Store::put")?),
            "crate" => self.krate = Krate::parse(keyword, input)?,
            _ if input.peek(Token![=]) => {
                let how = "`in_flight` stands alone: write `in_flight`, or leave it out";
                return Err(input.error(how));
            }
            _ => self.in_flight = true,
        }
        Ok(())
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

/// Reads a function or a method, its body unseen.
pub(super) fn function(item: TokenStream) -> syn::Result<Function> {
    const EXPECTED: &str = "`#[instrumented]` goes on a function or a method";
    let read = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse::<Visibility>()?;
        let signature = input
            .parse()
            .map_err(|fault: syn::Error| syn::Error::new(fault.span(), EXPECTED))?;
        let mut inner_attributes = Vec::new();
        let body = if input.parse::<Option<Token![;]>>()?.is_some() {
            None
        } else {
            let content;
            braced!(content in input);
            // A body that does not parse yet stays as it is, so that an editor still sees it.
            inner_attributes = Attribute::parse_inner(&content.fork())
                .map_or_else(|_| Ok(Vec::new()), |_| content.call(Attribute::parse_inner))?;
            Some(content.parse()?)
        };
        Ok(Function {
            attributes,
            visibility,
            signature,
            inner_attributes,
            body,
        })
    };
    read.parse2(item)
}
