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
    /// A future around the one that the body returns, in a box where `boxed`.
    Future { boxed: bool },
}

impl Shape {
    pub(super) fn of(signature: &Signature) -> Shape {
        let output = match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, output) => Some(ungrouped(output)),
        };
        match (signature.asyncness, output) {
            (Some(_), None) => Shape::Async(Some(syn::parse_quote!(()))),
            (Some(_), Some(Type::Never(_))) => Shape::Async(None),
            (Some(_), Some(output)) => Shape::Async(Some(inferred(output))),
            (None, Some(Type::ImplTrait(output))) if is_future(&output.bounds) => {
                Shape::Future { boxed: false }
            }
            (None, Some(Type::Path(output))) if is_boxed_future(&output.path) => {
                Shape::Future { boxed: true }
            }
            (None, Some(output @ (Type::Path(_) | Type::Macro(_)))) => {
                Shape::Checked(inferred(output))
            }
            (None, _) => Shape::Guarded,
        }
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

/// `Pin<Box<dyn Future<…>>>`, as `#[async_trait]` writes it, or `BoxFuture<…>`.
fn is_boxed_future(path: &syn::Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let boxed = argument_of(last, "Pin").and_then(|boxed| match boxed {
        Type::Path(boxed) => argument_of(boxed.path.segments.last()?, "Box"),
        _ => None,
    });
    match boxed {
        Some(Type::TraitObject(object)) => is_future(&object.bounds),
        _ => last.ident == "BoxFuture",
    }
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

fn is_future<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> bool {
    bounds.into_iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Future"),
        _ => false,
    })
}
