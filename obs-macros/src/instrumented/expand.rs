//! The instrumented function as tokens, and beside it the plain one for when obs is compiled out.

use super::model::{Function, Instrumented};
use super::shape::Shape;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Type;

impl ToTokens for Instrumented {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let krate = &self.arguments.krate;
        let (on, off) = (self.on(), self.off());
        tokens.extend(quote!(#krate::private::instrumented! { { #on } { #off } }));
    }
}

impl Instrumented {
    /// The function with its metrics.
    fn on(&self) -> TokenStream {
        let body = match Shape::of(&self.function.signature) {
            Shape::Guarded => self.guarded(),
            Shape::Checked(output) => self.checked(&output),
            Shape::Async(output) => self.asynchronous(output.as_ref()),
            Shape::Future { boxed } => self.future(boxed),
        };
        self.function.with_body(body)
    }

    /// The function as it was written, and a look at the type of the component.
    fn off(&self) -> TokenStream {
        let (krate, body) = (&self.arguments.krate, &self.body);
        let check = self
            .arguments
            .component
            .as_ref()
            .map(|component| quote!(if false { let _: #krate::Component = #component; }));
        self.function.with_body(quote!(#check #body))
    }

    /// The body as it is, behind a guard: nothing is to be known of its value.
    fn guarded(&self) -> TokenStream {
        let (krate, body, metrics) = (&self.arguments.krate, &self.body, self.metrics());
        let (enter, guard) = (self.enter(), local("_call"));
        quote! {
            #enter
            let #guard = #krate::private::function::Guard::start(#metrics);
            #body
        }
    }

    /// The body in a closure that is called once, through a function that says so: the closure may give out what it
    /// captured, and `return` and `?` end it alone.
    fn checked(&self, output: &Type) -> TokenStream {
        let (krate, body, metrics) = (&self.arguments.krate, &self.body, self.metrics());
        let (enter, call, result) = (self.enter(), local("call"), local("result"));
        let outcome = self.outcome(&quote!(&#result));
        quote! {
            #enter
            let #call = #krate::private::function::Call::start(#metrics);
            let #result = #krate::private::function::call_once(move || -> #output { #body });
            #krate::private::function::Call::end(#call, #outcome);
            #result
        }
    }

    /// The body in one nested future, which is polled to its end or dropped before.
    fn asynchronous(&self, output: Option<&Type>) -> TokenStream {
        let (krate, body) = (&self.arguments.krate, &self.body);
        let outcome = match output {
            Some(_) => self.outcome_of_reference(),
            None => quote!(|_| #krate::private::function::Outcome::Ok),
        };
        // Tells inference what the block returns; never runs.
        let output = output.map(
            |output| quote!(if false { return #krate::private::function::never::<#output>(); }),
        );
        let (component, future) = self.watched(&quote!(async move { #output #body }), outcome);
        quote!(#component #future.await)
    }

    /// The future that the body returns, in one that watches it.
    fn future(&self, boxed: bool) -> TokenStream {
        let (krate, body) = (&self.arguments.krate, &self.body);
        let returns = &self.function.signature.output;
        let returns = boxed.then_some(quote!(#returns));
        let future = quote!(#krate::private::function::call_once(move || #returns { #body }));
        let (component, future) = self.watched(&future, self.outcome_of_reference());
        match boxed {
            true => quote!(#component #krate::private::function::boxed(#future)),
            false => quote!(#component #future),
        }
    }

    /// A future that tells how `future` went, in its component, and the statement that finds out the component: before
    /// the body takes what it needs of the arguments.
    fn watched(
        &self,
        future: &TokenStream,
        outcome: TokenStream,
    ) -> (Option<TokenStream>, TokenStream) {
        let (krate, metrics) = (&self.arguments.krate, self.metrics());
        let future =
            quote!(#krate::private::function::Instrumented::new(#metrics, #future, #outcome));
        let Some(expression) = &self.arguments.component else {
            return (None, future);
        };
        let component = local("component");
        (
            Some(quote!(let #component: #krate::Component = #expression;)),
            quote!(#krate::InComponent::in_component(#future, #component)),
        )
    }

    /// Enters the component for the rest of the function.
    fn enter(&self) -> Option<TokenStream> {
        let (krate, entered) = (&self.arguments.krate, local("_entered"));
        let component = self.arguments.component.as_ref()?;
        Some(quote!(let #entered = #krate::Component::enter(#component);))
    }

    /// Asks a reference to a value how the call went: `Err` is one, all else is well.
    fn outcome(&self, result: &TokenStream) -> TokenStream {
        let krate = &self.arguments.krate;
        quote! {{
            use #krate::private::function::{OfAnything as _, OfResult as _};
            (&#krate::private::function::Probe(#result)).outcome()
        }}
    }

    /// The same as a closure.
    fn outcome_of_reference(&self) -> TokenStream {
        let result = local("result");
        let outcome = self.outcome(&result.to_token_stream());
        quote!(|#result| #outcome)
    }

    fn metrics(&self) -> TokenStream {
        self.arguments.metrics(&self.function.signature.ident)
    }
}

impl Function {
    fn with_body(&self, body: TokenStream) -> TokenStream {
        let Self {
            attributes,
            visibility,
            signature,
            inner_attributes,
            ..
        } = self;
        quote!(#(#attributes)* #visibility #signature { #(#inner_attributes)* #body })
    }
}

/// A name that no name of the user's can clash with.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
