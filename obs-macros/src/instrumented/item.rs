//! Reads what stands below the attribute: a function, or a block of them. Bodies are not looked into.

use super::model::{Block, Function, Member};
use crate::faults::Faults;
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::token::Brace;
use syn::{Attribute, ItemImpl, Signature, Token, Visibility, braced};

const EXPECTED: &str = "`#[instrumented]` goes on a function or a method, or on an `impl`, a `trait` or a module around some";

/// Reads a function or a block.
pub(super) fn item(item: TokenStream, faults: &mut Faults) -> Option<Member> {
    let read = |input: ParseStream<'_>| member(input);
    match read.parse2(item) {
        Ok(Member::Other(tokens)) => {
            faults.at(what_it_is(&tokens), EXPECTED);
            None
        }
        Ok(member) => Some(member),
        Err(fault) => {
            faults.add(fault);
            None
        }
    }
}

/// An item as it was, without the attributes that are read by the one above it.
pub(super) fn without_helpers(item: TokenStream) -> TokenStream {
    let read = |input: ParseStream<'_>| member(input);
    match read.parse2(item.clone()) {
        Ok(Member::Block(block)) => block.into_token_stream(),
        _ => item,
    }
}

/// The first token behind the attributes.
fn what_it_is(tokens: &TokenStream) -> TokenStream {
    let read = |input: ParseStream<'_>| {
        let _attributes = input.call(Attribute::parse_outer)?;
        let word = input.parse::<TokenTree>()?;
        let _rest = input.parse::<TokenStream>()?;
        Ok(word.into_token_stream())
    };
    read.parse2(tokens.clone())
        .unwrap_or_else(|_| tokens.clone())
}

/// Reads one member of a block; what is neither function nor block stays as it is, up to its end.
fn member(input: ParseStream<'_>) -> syn::Result<Member> {
    let ahead = input.fork();
    let _attributes = ahead.call(Attribute::parse_outer)?;
    let _visibility = ahead.parse::<Visibility>()?;
    if is_function(&ahead.fork()) {
        return function(input).map(|function| Member::Function(Box::new(function)));
    }
    let tokens = to_the_end(input)?;
    let kind = kind(&ahead);
    match kind {
        Some(kind) => block(tokens, kind).map(Member::Block),
        None => Ok(Member::Other(tokens)),
    }
}

/// Whether a signature follows: qualifiers, then `fn`.
fn is_function(input: ParseStream<'_>) -> bool {
    loop {
        if input.peek(Token![fn]) {
            return true;
        }
        let qualifier = input.peek(Token![const])
            || input.peek(Token![async])
            || input.peek(Token![unsafe])
            || input.peek(Token![extern])
            || input.peek(Token![default])
            || is_word(input, "safe");
        if !qualifier || input.parse::<TokenTree>().is_err() {
            return false;
        }
        if input.peek(syn::LitStr) && input.parse::<syn::LitStr>().is_err() {
            return false;
        }
    }
}

fn is_word(input: ParseStream<'_>, word: &str) -> bool {
    input
        .fork()
        .parse::<Ident>()
        .is_ok_and(|ident| ident == word)
}

fn function(input: ParseStream<'_>) -> syn::Result<Function> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.parse()?;
    let is_default = is_word(input, "default");
    let defaultness = is_default.then(|| input.parse()).transpose()?;
    let signature = input.parse::<Signature>()?;
    let (mut inner_attributes, mut braces) = (Vec::new(), Brace::default());
    let body = if input.parse::<Option<Token![;]>>()?.is_some() {
        None
    } else {
        let content;
        braces = braced!(content in input);
        // A body that does not parse yet stays as it is, so that an editor still sees it.
        inner_attributes = Attribute::parse_inner(&content.fork())
            .map_or_else(|_| Ok(Vec::new()), |_| content.call(Attribute::parse_inner))?;
        Some(content.parse()?)
    };
    Ok(Function {
        attributes,
        visibility,
        defaultness,
        signature,
        inner_attributes,
        braces,
        body,
    })
}

enum Kind {
    Impl,
    Trait,
    Module,
}

/// Which block it is, if it is one.
fn kind(ahead: ParseStream<'_>) -> Option<Kind> {
    let mut words = std::iter::from_fn(|| ahead.parse::<TokenTree>().ok());
    let qualifies =
        |word: &TokenTree| matches!(word.to_string().as_str(), "unsafe" | "default" | "auto");
    match words.find(|word| !qualifies(word))?.to_string().as_str() {
        "impl" => Some(Kind::Impl),
        "trait" => Some(Kind::Trait),
        "mod" => Some(Kind::Module),
        _ => None,
    }
}

/// Everything up to the `;` or the braces that end it.
fn to_the_end(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() {
        let token = input.parse::<TokenTree>()?;
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            // The braces of a const argument are followed by the rest of the arguments.
            TokenTree::Group(group) => {
                group.delimiter() == Delimiter::Brace
                    && !input.peek(Token![>])
                    && !input.peek(Token![,])
            }
            _ => false,
        };
        tokens.extend([token]);
        if ends {
            break;
        }
    }
    Ok(tokens)
}

/// Reads the block that these tokens are.
fn block(tokens: TokenStream, kind: Kind) -> syn::Result<Block> {
    let all = tokens.clone();
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let Some(TokenTree::Group(content)) = tokens.pop() else {
        let how = "there is nothing to instrument without braces: put the attribute on functions";
        return Err(syn::Error::new_spanned(all, how));
    };
    let head: TokenStream = tokens.into_iter().collect();
    let owner = match kind {
        Kind::Impl => Some(implementer(&head)?),
        Kind::Trait => name_after(&head, "trait"),
        Kind::Module => None,
    };
    let read = |input: ParseStream<'_>| {
        let inner_attributes = input.call(Attribute::parse_inner)?;
        let mut members = Vec::new();
        while !input.is_empty() {
            members.push(member(input)?);
        }
        Ok((inner_attributes, members))
    };
    let (inner_attributes, members) = read.parse2(content.stream())?;
    Ok(Block {
        head,
        braces: Brace {
            span: content.delim_span(),
        },
        owner,
        inner_attributes,
        members,
    })
}

/// What the functions of an `impl` are called after: `Store`, or `<Store as Put>`.
fn implementer(head: &TokenStream) -> syn::Result<String> {
    let item: ItemImpl = syn::parse2(quote!(#head {}))?;
    let itself = compact(&item.self_ty);
    Ok(match &item.trait_ {
        Some((_, path, _)) => format!("<{itself} as {}>", compact(path)),
        None => itself,
    })
}

fn name_after(head: &TokenStream, keyword: &str) -> Option<String> {
    let mut words = head.clone().into_iter().map(|word| word.to_string());
    words.find(|word| word == keyword)?;
    words.next()
}

/// Tokens as somebody would write them: blanks only between words, and behind commas and `mut`.
fn compact(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    for c in tokens.to_token_stream().to_string().split(' ') {
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let words = joins(text.chars().next_back()) && joins(c.chars().next());
        if words || text.ends_with(',') || text.ends_with("mut") {
            text.push(' ');
        }
        text += c;
    }
    text
}
