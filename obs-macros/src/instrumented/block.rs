//! A block whose functions are instrumented, with the block's arguments where they have none of their own.

use super::model::{Arguments, Block, Function, Member};
use super::shape::Shape;
use super::{parse, valid};
use crate::faults::Faults;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Meta};

/// A block with its metrics, and without them.
#[derive(Default)]
struct Both {
    on: TokenStream,
    off: TokenStream,
}

/// Expands a block: whole, so that `#[async_trait]` above it finds functions in it.
pub(super) fn expanded(block: Block, arguments: &Arguments, faults: &mut Faults) -> TokenStream {
    valid::block(arguments, faults);
    let krate = arguments.krate();
    let Both { on, off } = both(block, arguments, faults);
    quote!(#krate::private::instrumented! { { #on } { #off } })
}

fn both(block: Block, arguments: &Arguments, faults: &mut Faults) -> Both {
    let Block {
        head,
        braces,
        owner,
        inner_attributes,
        members,
    } = block;
    let mut inside = Both::default();
    for member in members {
        let Both { on, off } = match member {
            Member::Function(function) => one(*function, arguments, owner.as_deref(), faults),
            Member::Block(block) => nested(block, arguments, faults),
            Member::Other(tokens) => same(tokens),
        };
        inside.on.extend(on);
        inside.off.extend(off);
    }
    let around = |members: TokenStream| {
        let mut tokens = head.clone();
        braces.surround(&mut tokens, |inside| {
            inside.extend(quote!(#(#inner_attributes)* #members));
        });
        tokens
    };
    Both {
        on: around(inside.on),
        off: around(inside.off),
    }
}

fn one(
    mut function: Function,
    block: &Arguments,
    owner: Option<&str>,
    faults: &mut Faults,
) -> Both {
    let own = taken(&mut function.attributes, faults);
    let is_skipped = own.as_ref().is_some_and(|own| own.skip.is_some());
    if is_skipped || function.body.is_none() && own.is_none() || is_test(&function.attributes) {
        return same(function.into_token_stream());
    }
    let own = own.unwrap_or_default();
    let is_polled = Shape::of(&function.signature, own.future.is_some(), false).is_polled();
    let mut block = block.clone();
    if !is_polled {
        (block.busy, block.polls) = (None, None);
    }
    if let Some(token) = &function.signature.constness {
        faults.at(token, "a `const fn` runs at compile time, where nothing can be recorded: put `#[instrumented(skip)]` on it");
        return Both::default();
    }
    let arguments = own.or(&block);
    match valid::function(function, arguments, owner, faults) {
        Some(function) => Both {
            on: function.on(),
            off: function.off(),
        },
        None => Both::default(),
    }
}

/// A block in the block: the attributes in its head are read like those of a function.
fn nested(mut block: Block, arguments: &Arguments, faults: &mut Faults) -> Both {
    let (mut attributes, head) = head(block.head);
    let own = taken(&mut attributes, faults);
    block.head = quote!(#(#attributes)* #head);
    if own.as_ref().is_some_and(|own| own.skip.is_some()) || is_test(&attributes) {
        return same(block.into_token_stream());
    }
    let own = own.unwrap_or_default();
    valid::block(&own, faults);
    both(block, &own.or(arguments), faults)
}

fn same(tokens: TokenStream) -> Both {
    Both {
        on: tokens.clone(),
        off: tokens,
    }
}

/// Takes `#[instrumented(…)]` out of attributes, and reads it.
fn taken(attributes: &mut Vec<Attribute>, faults: &mut Faults) -> Option<Arguments> {
    let at = attributes.iter().position(is_instrumented)?;
    Some(match attributes.remove(at).meta {
        Meta::List(list) => parse::arguments(list.tokens, faults),
        _ => Arguments::default(),
    })
}

fn is_instrumented(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "instrumented")
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`: tests are no part of the program.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let last = attribute.path().segments.last();
        let is_test = last.is_some_and(|segment| segment.ident == "test");
        let condition = attribute.parse_args::<Ident>();
        is_test
            || attribute.path().is_ident("cfg")
                && condition.is_ok_and(|condition| condition == "test")
    })
}

/// The attributes in the head of a block, and the rest of it.
fn head(head: TokenStream) -> (Vec<Attribute>, TokenStream) {
    use syn::parse::{ParseStream, Parser};
    let read = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        Ok((attributes, input.parse::<TokenStream>()?))
    };
    read.parse2(head.clone()).unwrap_or((Vec::new(), head))
}

/// A block as it was, without the attributes that are read by the one on the block.
impl ToTokens for Block {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (mut attributes, head) = head(self.head.clone());
        attributes.retain(|attribute| !is_instrumented(attribute));
        let (inner, members) = (&self.inner_attributes, &self.members);
        tokens.extend(quote!(#(#attributes)* #head { #(#inner)* #(#members)* }));
    }
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Member::Other(other) => other.to_tokens(tokens),
            Member::Block(block) => block.to_tokens(tokens),
            Member::Function(function) => {
                let mut function = function.clone();
                function
                    .attributes
                    .retain(|attribute| !is_instrumented(attribute));
                function.to_tokens(tokens);
            }
        }
    }
}
