//! Reads the call.

use super::model::{Attribute, Name, Value, What, Written};
use crate::arguments;
use crate::faults::{Faults, did_you_mean};
use crate::paths::Krate;
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitStr, Path, Token};

/// Kinds of spans, as they are written, with the constants that they mean.
const KINDS: &[(&str, &str)] = &[
    ("internal", "Internal"),
    ("server", "Server"),
    ("client", "Client"),
    ("producer", "Producer"),
    ("consumer", "Consumer"),
];

/// Words that stand alone.
const WORDS: &[&str] = &["root", "detached"];

/// Reads the call. What cannot be read is a fault and left out.
pub(super) fn written(input: TokenStream, what: What, faults: &mut Faults) -> Written {
    let mut written = Written::nothing(what);
    let read = |input: ParseStream<'_>| {
        if what != What::Function || is_name(input) {
            let name = name(input, what).map(|name| written.name = name);
            arguments::end(input, name, faults);
        }
        while !input.is_empty() {
            let read = written.argument(input);
            arguments::end(input, read, faults);
        }
        Ok(())
    };
    if let Err(fault) = read.parse2(input) {
        faults.add(fault);
    }
    written
}

/// The name: a text, or the path of a `const`.
fn name(input: ParseStream<'_>, what: What) -> syn::Result<Name> {
    if input.peek(LitStr) {
        return input.parse().map(Name::Text);
    }
    let is_path = input.peek(syn::Ident::peek_any) && !input.peek2(Token![=]);
    if is_path || input.peek(Token![::]) {
        return Path::parse_mod_style(input).map(Name::Path);
    }
    let beginning = what.beginning();
    let how = format!("the name comes first: `{beginning}\"checkout\", …)`");
    Err(input.error(how))
}

/// Whether what comes first is a name, where it may be left out: a text or a path by itself, and none of the words.
fn is_name(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    if ahead.peek(LitStr) {
        return ahead.parse::<LitStr>().is_ok() && !ahead.peek(Token![=]);
    }
    let path = ahead.call(Path::parse_mod_style);
    let is_word = |path: &Path| WORDS.iter().any(|word| path.is_ident(word));
    path.is_ok_and(|path| !is_word(&path)) && (ahead.is_empty() || ahead.peek(Token![,]))
}

impl Written {
    /// A call that says nothing.
    pub(crate) fn nothing(what: What) -> Written {
        Written {
            what,
            krate: Krate::default(),
            name: Name::Missing,
            kind: None,
            root: None,
            detached: None,
            parent: None,
            attributes: Vec::new(),
        }
    }

    fn argument(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(LitStr) {
            let key: LitStr = input.parse()?;
            if !input.peek(Token![=]) {
                let how =
                    "a name comes first, and an attribute has a value: `\"http.route\" = value`";
                return Err(syn::Error::new(key.span(), how));
            }
            return self.attribute(key.value(), key.span(), input);
        }
        let first = input.call(Ident::parse_any).map_err(|_| {
            input.error(
                "expected an attribute: `key = value`, `key = %displayed` or `key = ?debugged`",
            )
        })?;
        if input.peek(Token![.]) {
            return self.dotted(&first, input);
        }
        match first.to_string().as_str() {
            "crate" if self.what == What::Function => {
                let how = "`crate` is said once, beside `span`: `#[instrumented(span, crate = …)]`";
                return Err(syn::Error::new(first.span(), how));
            }
            "crate" => self.krate = Krate::parse(&first, input)?,
            "kind" if self.what != What::Event => self.kind = Some(kind(&first, input)?),
            "parent" => self.parent(first, input)?,
            "root" if self.what != What::Event => {
                arguments::alone(&first, input)?;
                self.root = Some(first);
            }
            "detached" if self.what != What::Event => {
                arguments::alone(&first, input)?;
                self.detached = Some(first);
            }
            _ => return self.attribute(first.unraw().to_string(), first.span(), input),
        }
        Ok(())
    }

    fn parent(&mut self, keyword: Ident, input: ParseStream<'_>) -> syn::Result<()> {
        arguments::equals(&keyword, input, "message.context")?;
        let parent = input.parse().map_err(|fault| {
            let how = "expected an expression of type `Context`, or a carrier: `parent = message.context`";
            syn::Error::new(fault.span(), how)
        })?;
        if self.parent.is_some() {
            let how = "`parent` is given twice: a span has one; use `link` for others";
            return Err(syn::Error::new(keyword.span(), how));
        }
        self.parent = Some((keyword, parent));
        Ok(())
    }

    /// The rest of a key like `http.method`.
    fn dotted(&mut self, first: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let mut key = first.unraw().to_string();
        while input.parse::<Option<Token![.]>>()?.is_some() {
            let part = input.call(Ident::parse_any)?;
            key = format!("{key}.{}", part.unraw());
        }
        self.attribute(key, first.span(), input)
    }

    fn attribute(&mut self, key: String, place: Span, input: ParseStream<'_>) -> syn::Result<()> {
        if !input.peek(Token![=]) {
            let hint = match did_you_mean(&key, WORDS) {
                hint if hint.is_empty() || self.what == What::Event => {
                    format!("an attribute has a value: `{key} = {key}`")
                }
                hint => format!("unknown word `{key}`{hint}"),
            };
            return Err(syn::Error::new(place, hint));
        }
        input.parse::<Token![=]>()?;
        let value = if input.parse::<Option<Token![%]>>()?.is_some() {
            Value::Displayed(expression(input, &key, place)?)
        } else if input.parse::<Option<Token![?]>>()?.is_some() {
            Value::Debugged(expression(input, &key, place)?)
        } else {
            Value::Plain(expression(input, &key, place)?)
        };
        self.attributes.push(Attribute { key, place, value });
        Ok(())
    }
}

fn expression(input: ParseStream<'_>, key: &str, place: Span) -> syn::Result<Expr> {
    let is_there = !input.is_empty();
    input.parse().map_err(|fault| {
        let how = format!("expected the value of `{key}`: `{key} = value`");
        syn::Error::new(if is_there { fault.span() } else { place }, how)
    })
}

fn kind(keyword: &Ident, input: ParseStream<'_>) -> syn::Result<Ident> {
    arguments::equals(keyword, input, "server")?;
    let written = input.call(Ident::parse_any).map_err(|fault| {
        let how =
            "expected a kind: `kind = server`, `client`, `producer`, `consumer` or `internal`";
        syn::Error::new(fault.span(), how)
    })?;
    let word = written.to_string();
    if let Some((_, constant)) = KINDS.iter().find(|(name, _)| *name == word) {
        return Ok(Ident::new(constant, written.span()));
    }
    let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    let hint = did_you_mean(&word, &known);
    let known = known.join("`, `");
    let how = format!(
        "a kind is one of `{known}`; for an attribute of that name write `\"kind\" = …`{hint}"
    );
    Err(syn::Error::new(written.span(), how))
}
