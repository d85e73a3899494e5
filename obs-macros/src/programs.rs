//! The programs of ui-tests, expanded in this process: each message of ours that the compiler shows is found in an expansion.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, Meta, Stmt, TraitItem};

use crate::label_value::Derive;
use crate::metric::Kind;
use crate::span::What;
use crate::{instrumented, label_value, metric, span};

fn programs(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../ui-tests")
        .join(kind);
    let folders = fs::read_dir(root).expect("ui-tests are part of the workspace");
    let files = folders.flat_map(|folder| {
        let folder = folder.expect("it can be read").path();
        fs::read_dir(folder).expect("a folder per macro")
    });
    let paths = files.map(|file| file.expect("it can be read").path());
    let mut programs: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    programs.sort();
    programs
}

/// Everything that the macros of a program become, as text.
fn expanded(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("it can be read");
    let mut expansions = String::new();
    if let Ok(file) = syn::parse_file(&text) {
        file.items
            .into_iter()
            .for_each(|item| of_item(item, &mut expansions));
    }
    if let Ok(tokens) = text.parse() {
        of_calls(tokens, &mut expansions);
    }
    expansions
}

/// Calls of the macros, wherever they stand.
fn of_calls(tokens: TokenStream, expansions: &mut String) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for window in trees.windows(3) {
        let [
            TokenTree::Ident(name),
            TokenTree::Punct(bang),
            TokenTree::Group(input),
        ] = window
        else {
            continue;
        };
        let of_metric = |kind| metric::expand(input.stream(), kind);
        let of_span = |what| span::expand(input.stream(), what);
        let expansion = match name.to_string().as_str() {
            _ if bang.as_char() != '!' => continue,
            "counter" => of_metric(Kind::Counter),
            "gauge" => of_metric(Kind::Gauge),
            "histogram" => of_metric(Kind::Histogram),
            "summary" => of_metric(Kind::Summary),
            "span" => of_span(What::Span),
            "event" => of_span(What::Event),
            _ => continue,
        };
        *expansions += &expansion.to_string();
    }
    let groups = trees.into_iter().filter_map(|tree| match tree {
        TokenTree::Group(group) => Some(group),
        _ => None,
    });
    groups.for_each(|group: Group| of_calls(group.stream(), expansions));
}

/// Attributes and derives on an item and in it.
fn of_item(mut item: Item, expansions: &mut String) {
    let attributes = match &mut item {
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        _ => return,
    };
    if let Some(arguments) = taken(attributes) {
        *expansions += &instrumented::expand(arguments, item.to_token_stream()).to_string();
        return;
    }
    derives(&item, expansions);
    match item {
        Item::Impl(item) => item.items.into_iter().for_each(|member| {
            if let ImplItem::Fn(mut function) = member {
                let arguments = taken(&mut function.attrs);
                of_function(arguments, &function, expansions);
            }
        }),
        Item::Trait(item) => item.items.into_iter().for_each(|member| {
            if let TraitItem::Fn(mut function) = member {
                let arguments = taken(&mut function.attrs);
                of_function(arguments, &function, expansions);
            }
        }),
        Item::Mod(item) => {
            let items = item.content.into_iter().flat_map(|(_, items)| items);
            items.for_each(|item| of_item(item, expansions));
        }
        Item::Fn(item) => item.block.stmts.into_iter().for_each(|statement| {
            if let Stmt::Item(item) = statement {
                of_item(item, expansions);
            }
        }),
        _ => {}
    }
}

fn of_function(arguments: Option<TokenStream>, function: &impl ToTokens, expansions: &mut String) {
    if let Some(arguments) = arguments {
        let function = function.to_token_stream();
        *expansions += &instrumented::expand(arguments, function).to_string();
    }
}

fn derives(item: &Item, expansions: &mut String) {
    let attributes = match item {
        Item::Enum(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        _ => return,
    };
    let derived = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    let derived: String = derived
        .map(|attribute| attribute.to_token_stream().to_string())
        .collect();
    for (name, derive) in [
        ("LabelValue", Derive::LabelValue),
        ("ErrorLabel", Derive::ErrorLabel),
    ] {
        if derived.contains(name) {
            *expansions += &label_value::expand(item.to_token_stream(), derive).to_string();
        }
    }
}

fn is_instrumented(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "instrumented")
}

/// Takes `#[instrumented]` off, and returns its arguments.
fn taken(attributes: &mut Vec<Attribute>) -> Option<TokenStream> {
    let at = attributes.iter().position(is_instrumented)?;
    Some(match attributes.remove(at).meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    })
}

/// Errors that the compiler, or clippy, finds in what the macros left.
fn is_the_compilers(message: &str) -> bool {
    [
        "aborting due to",
        "evaluation of",
        "cannot find",
        "lint",
        "unused",
        "the trait",
        "mismatched",
    ]
    .iter()
    .any(|start| message.contains(start))
}

#[test]
fn every_message_of_the_ui_tests_is_in_an_expansion() {
    let (mut found, mut missing) = (0, Vec::new());
    for program in programs("fail") {
        let expansions = expanded(&program);
        let messages = fs::read_to_string(program.with_extension("stderr")).unwrap_or_default();
        let messages = messages
            .lines()
            .filter_map(|line| line.strip_prefix("error: "));
        for message in messages.filter(|message| !is_the_compilers(message)) {
            // As a literal in the expansion.
            let literal = format!("{message:?}");
            let written = expansions.contains(literal.trim_matches('"'));
            match written || expansions.contains(message) {
                true => found += 1,
                false => missing.push((program.clone(), message.to_owned())),
            }
        }
    }
    assert!(found > 180, "{found}");
    assert!(missing.len() < found / 10, "{missing:#?}");
}

#[test]
fn no_good_program_has_a_fault() {
    for program in programs("pass") {
        if program.ends_with("in-macro.rs") {
            continue; // What it calls is made by a macro of its own.
        }
        let expansions = expanded(&program);
        assert!(!expansions.contains("compile_error"), "{program:?}");
    }
}
