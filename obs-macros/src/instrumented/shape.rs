//! How a function ends, read off its signature: it decides what is put around the body.

use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, PathSegment, ReturnType,
    Signature, Type, TypeParamBound,
};

/// What is put around a body.
pub(super) enum Shape {
    /// A guard: the body never returns an `Err`, so only unwinding makes a difference.
    Guarded,
    /// A closure, whose value may be an `Err`. With the type that it returns.
    Checked(Type),
    /// A future around an `async` body. With the type of its output, if it ever has one.
    Async(Option<Type>),
    /// A future around the one that the body returns.
    Future(Wrapping),
}

/// What the future that a body returns is in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// Nothing: `impl Future`.
    Bare,
    /// `Box<dyn Future>`
    Boxed,
    /// `Pin<Box<dyn Future>>`
    Pinned,
}

impl Shape {
    /// The shape of a function; `looked_at` where its value is asked whether it is a success, whatever its type.
    pub(super) fn of(signature: &Signature, is_future: bool, looked_at: bool) -> Shape {
        let output = match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, output) => Some(ungrouped(output)),
        };
        match (signature.asyncness, output) {
            _ if signature.variadic.is_some() => Shape::Guarded,
            (Some(_), None) => Shape::Async(Some(syn::parse_quote!(()))),
            (Some(_), Some(Type::Never(_))) => Shape::Async(None),
            (Some(_), Some(output)) => Shape::Async(Some(inferred(output))),
            (None, Some(Type::ImplTrait(output))) if is_future_or(&output.bounds, is_future) => {
                Shape::Future(Wrapping::Bare)
            }
            (None, Some(Type::Path(output))) if future_in(&output.path).is_some() => {
                Shape::Future(future_in(&output.path).unwrap_or(Wrapping::Pinned))
            }
            (None, Some(_)) if is_future => Shape::Future(Wrapping::Pinned),
            (None, Some(Type::Never(_))) => Shape::Guarded,
            (None, Some(output @ (Type::Path(_) | Type::Macro(_)))) => {
                Shape::Checked(inferred(output))
            }
            (None, Some(output)) if looked_at => Shape::Checked(inferred(output)),
            (None, None) if looked_at => Shape::Checked(syn::parse_quote!(())),
            (None, _) => Shape::Guarded,
        }
    }

    /// Whether there are polls.
    pub(super) fn is_polled(&self) -> bool {
        matches!(self, Shape::Async(_) | Shape::Future(_))
    }
}

/// The type without what a `macro_rules!` or parentheses put around it.
fn ungrouped(output: &Type) -> &Type {
    match output {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        output => output,
    }
}

/// The type with `_` for each `impl Trait`, which cannot be repeated inside the function.
fn inferred(output: &Type) -> Type {
    let mut output = output.clone();
    infer(&mut output);
    output
}

fn infer(output: &mut Type) {
    match output {
        Type::ImplTrait(_) => *output = syn::parse_quote!(_),
        Type::Path(path) => path.path.segments.iter_mut().for_each(infer_arguments),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(infer),
        Type::Reference(reference) => infer(&mut reference.elem),
        Type::Array(array) => infer(&mut array.elem),
        Type::Group(group) => infer(&mut group.elem),
        Type::Paren(paren) => infer(&mut paren.elem),
        _ => {}
    }
}

fn infer_arguments(segment: &mut PathSegment) {
    if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
        for argument in &mut arguments.args {
            if let GenericArgument::Type(argument) = argument {
                infer(argument);
            }
        }
    }
}

/// What a future is in, as the type says: `Pin<Box<dyn Future<…>>>`, as `#[async_trait]` writes it, `Box<dyn Future<…>>`,
/// or `BoxFuture<…>`.
fn future_in(path: &syn::Path) -> Option<Wrapping> {
    let last = path.segments.last()?;
    let pinned = argument_of(last, "Pin").and_then(|boxed| match boxed {
        Type::Path(boxed) => boxed.path.segments.last(),
        _ => None,
    });
    let is_boxed = |segment| match argument_of(segment, "Box") {
        Some(Type::TraitObject(object)) => is_future_or(&object.bounds, false),
        _ => false,
    };
    if pinned.is_some_and(is_boxed)
        || ["BoxFuture", "LocalBoxFuture"]
            .iter()
            .any(|name| last.ident == name)
    {
        return Some(Wrapping::Pinned);
    }
    is_boxed(last).then_some(Wrapping::Boxed)
}

/// The `T` of `name<T>`.
fn argument_of<'a>(segment: &'a PathSegment, name: &str) -> Option<&'a Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(AngleBracketedGenericArguments { args, .. })
            if segment.ident == name =>
        {
            args.iter().find_map(|argument| match argument {
                GenericArgument::Type(argument) => Some(ungrouped(argument)),
                _ => None,
            })
        }
        _ => None,
    }
}

fn is_future_or<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>, said: bool) -> bool {
    let is_future = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Future"),
        _ => false,
    };
    said || bounds.into_iter().any(is_future)
}
