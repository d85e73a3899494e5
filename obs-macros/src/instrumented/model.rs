//! What the attribute knows of a function, and of a block of functions.

use crate::metric::Bounds;
use crate::paths::Krate;
use crate::span;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::token::Brace;
use syn::{Attribute, Expr, LitStr, Path, Signature, Type, Visibility};

/// The arguments as they are written.
#[derive(Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) krate: Option<Krate>,
    /// The component that calls run in.
    pub(crate) component: Option<Expr>,
    /// The first words of families of its own.
    pub(crate) name: Option<Words>,
    /// The first words of families that functions share.
    pub(crate) prefix: Option<Words>,
    /// The value of the label `function`.
    pub(crate) function: Option<LitStr>,
    pub(crate) labels: Option<(Ident, Vec<Label>)>,
    pub(crate) bounds: Option<(Ident, Bounds)>,
    pub(crate) in_flight: Option<Ident>,
    pub(crate) busy: Option<Ident>,
    pub(crate) polls: Option<Ident>,
    pub(crate) zero: Option<Ident>,
    /// Whether the returned type is a future, whatever its name.
    pub(crate) future: Option<Ident>,
    pub(crate) success: Option<(Ident, Success)>,
    pub(crate) tracing: Option<(Ident, Levels)>,
    /// Whether calls are spans, and what is said of those.
    pub(crate) span: Option<(Ident, span::Written)>,
    /// Whether naming is the user's affair.
    pub(crate) relaxed: Option<Ident>,
    /// Whether a function of an instrumented block is left out.
    pub(crate) skip: Option<Ident>,
}

/// A label of a function's metrics.
#[derive(Clone)]
pub(crate) struct Label {
    pub(crate) key: Ident,
    pub(crate) value: LabelValue,
}

#[derive(Clone)]
pub(crate) enum LabelValue {
    Literal(LitStr),
    /// An enum, and the expression that chooses among its values.
    Enum(Box<(Type, Expr)>),
}

/// The first words of the names of families.
#[derive(Clone)]
pub(crate) enum Words {
    Text(LitStr),
    /// The path of a `const`.
    Path(Path),
}

impl ToTokens for Words {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Words::Text(text) => text.to_tokens(tokens),
            Words::Path(path) => path.to_tokens(tokens),
        }
    }
}

/// What tells a success from a failure.
#[derive(Clone)]
pub(crate) enum Success {
    OkIf(Expr),
    ErrIf(Expr),
    /// A `Result` with this error, which is counted by its label.
    Errors(Box<Type>),
}

/// What is logged, at which level.
#[derive(Clone, Default)]
pub(crate) struct Levels {
    pub(crate) err: Option<Ident>,
    pub(crate) ret: Option<Ident>,
}

/// A function; its body stays as it is, so that one that does not parse yet is still there for the editor.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// `default`, before a function of a specialised implementation.
    pub(crate) defaultness: Option<Ident>,
    pub(crate) signature: Signature,
    /// `#![…]` at the start of the body.
    pub(crate) inner_attributes: Vec<Attribute>,
    /// The braces, whose place makes it the user's function to the lints.
    pub(crate) braces: Brace,
    /// What else stands between the braces; `None` for a declaration.
    pub(crate) body: Option<TokenStream>,
}

/// An `impl`, a `trait` or a module: what stands before its braces, and what between them.
pub(crate) struct Block {
    pub(crate) head: TokenStream,
    pub(crate) braces: Brace,
    /// What its functions are called after: a type or a trait; nothing for a module.
    pub(crate) owner: Option<String>,
    /// `#![…]` at the start.
    pub(crate) inner_attributes: Vec<Attribute>,
    pub(crate) members: Vec<Member>,
}

/// What stands in a block.
pub(crate) enum Member {
    Function(Box<Function>),
    Block(Block),
    Other(TokenStream),
}

/// A function that can be instrumented, and how.
pub(crate) struct Instrumented {
    pub(crate) function: Function,
    pub(crate) body: TokenStream,
    pub(crate) arguments: Arguments,
    /// The type or trait that it is called after, where that is known.
    pub(crate) owner: Option<String>,
}

impl Arguments {
    pub(super) fn krate(&self) -> Krate {
        self.krate.clone().unwrap_or_default()
    }
}

impl Instrumented {
    pub(super) fn krate(&self) -> Krate {
        self.arguments.krate()
    }
}
