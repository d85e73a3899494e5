//! The instrumented function as tokens, and beside it the plain one for when obs is compiled out.

use super::model::{Function, Instrumented};
use super::shape::{Shape, Wrapping};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Type};

impl ToTokens for Instrumented {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (krate, on, off) = (self.krate(), self.on(), self.off());
        tokens.extend(quote!(#krate::private::instrumented! { { #on } { #off } }));
    }
}

impl Instrumented {
    /// The function with its metrics.
    pub(super) fn on(&self) -> TokenStream {
        let body = match self.shape() {
            Shape::Guarded => self.guarded(),
            Shape::Checked(output) => self.checked(&output),
            Shape::Async(output) => self.asynchronous(output.as_ref()),
            Shape::Future(wrapping) => self.future(wrapping),
        };
        let (constants, labels) = (self.constants(), self.labels());
        self.function
            .with_body(&[self.docs()], quote!(#constants #labels #body))
    }

    pub(super) fn shape(&self) -> Shape {
        let arguments = &self.arguments;
        let looked_at = arguments.success.is_some() || arguments.tracing.is_some();
        Shape::of(
            &self.function.signature,
            arguments.future.is_some(),
            looked_at,
        )
    }

    /// The body as it is, behind a guard: nothing is to be known of its value.
    fn guarded(&self) -> TokenStream {
        let (body, enter, guard) = (&self.body, self.enter(), local("_call"));
        let started = self.started("Guard");
        quote! {
            #enter
            let #guard = #started;
            #body
        }
    }

    /// The body in a closure that is called once, through a function that says so: the closure may give out what it
    /// captured, and `return` and `?` end it alone.
    fn checked(&self, output: &Type) -> TokenStream {
        let (krate, body, enter) = (self.krate(), &self.body, self.enter());
        let (started, call, result) = (self.started("Call"), local("call"), local("result"));
        let (span, ended) = (
            quote!(#krate::private::function::Call::span(&#call)),
            local("ended"),
        );
        let outcome = self.outcome(&quote!(&#result), &span);
        quote! {
            #enter
            let #call = #started;
            let #result = #krate::private::function::call_once(move || -> #output { #body });
            let #ended = #outcome;
            #krate::private::function::Call::end(#call, #ended);
            #result
        }
    }

    /// The body in one nested future, which is polled to its end or dropped before.
    fn asynchronous(&self, output: Option<&Type>) -> TokenStream {
        let (krate, body) = (self.krate(), &self.body);
        let outcome = match output {
            Some(_) => self.outcome_of_reference(),
            None => quote!(|_, _| #krate::private::function::Outcome::Ok),
        };
        // Tells inference what the block returns; never runs.
        let output = output.map(
            |output| quote!(if false { return #krate::private::function::never::<#output>(); }),
        );
        let future = self.watched(&quote!(async move { #output #body }), &outcome, true);
        quote!(#future.await)
    }

    /// The future that the body returns, in one that watches it.
    fn future(&self, wrapping: Wrapping) -> TokenStream {
        let (krate, body) = (self.krate(), &self.body);
        let returns = &self.function.signature.output;
        let returns = (wrapping != Wrapping::Bare).then_some(quote!(#returns));
        let future = quote!(#krate::private::function::call_once(move || #returns { #body }));
        let future = self.watched(&future, &self.outcome_of_reference(), false);
        match wrapping {
            Wrapping::Bare => future,
            Wrapping::Boxed => quote!(#krate::private::function::boxed_unpinned(#future)),
            Wrapping::Pinned => quote!(#krate::private::function::boxed(#future)),
        }
    }

    /// A future that tells how `future` went, in its component: which is found out before the body takes what it needs
    /// of the arguments. Its call begins now if this is its first poll.
    fn watched(&self, future: &TokenStream, outcome: &TokenStream, is_polled: bool) -> TokenStream {
        let (krate, metrics, labels) = (self.krate(), self.metrics(), self.chosen());
        let component = match &self.arguments.component {
            Some(expression) => quote!(::core::option::Option::Some(#expression)),
            None => quote!(::core::option::Option::None),
        };
        let watched = quote!(#krate::private::function::Instrumented);
        match self.span() {
            None => quote! {
                #watched::<_, _, _, #krate::clock::Stopwatch>::new(
                    #metrics, #labels, #component, #future, #outcome
                )
            },
            Some(span) if is_polled => {
                let begun = self.begun(&span, &metrics, &labels, &component);
                quote!(#watched::begun(#begun, #future, #outcome))
            }
            Some(span) => {
                let later = self.later(&span);
                quote! {
                    #watched::<_, _, _, #krate::clock::Stopwatch, _>::later(
                        #metrics, #labels, #component, #later, #future, #outcome
                    )
                }
            }
        }
    }

    /// Enters the component for the rest of the function.
    fn enter(&self) -> Option<TokenStream> {
        let (krate, entered) = (self.krate(), local("_entered"));
        let component = self.arguments.component.as_ref()?;
        Some(quote!(let #entered = #krate::Component::enter(#component);))
    }

    /// The statement that finds out the values of labels, before the body takes what it needs of the arguments.
    fn labels(&self) -> Option<TokenStream> {
        let (value, labels) = (self.arguments.labels_value()?, self.arguments.labels_type());
        let local = local("labels");
        Some(quote!(let #local: #labels = #value;))
    }

    /// The values of labels, once they have been found out.
    pub(super) fn chosen(&self) -> TokenStream {
        match self.arguments.labels_value() {
            Some(_) => local("labels").into_token_stream(),
            None => quote!(()),
        }
    }

    /// The outcome as a closure.
    fn outcome_of_reference(&self) -> TokenStream {
        let result = local("result");
        let span = match &self.arguments.span {
            Some(_) => local("span").into_token_stream(),
            None => quote!(_),
        };
        let outcome = self.outcome(&result.to_token_stream(), &span);
        let captures = self.arguments.labels_value().map(|_| quote!(move));
        quote!(#captures |#result, #span| #outcome)
    }
}

impl Function {
    pub(super) fn with_body(&self, more: &[Attribute], body: TokenStream) -> TokenStream {
        let Self {
            attributes,
            visibility,
            defaultness,
            signature,
            inner_attributes,
            braces,
            ..
        } = self;
        let mut tokens = quote!(#(#attributes)* #(#more)* #visibility #defaultness #signature);
        braces.surround(&mut tokens, |inside| {
            inside.extend(quote!(#(#inner_attributes)* #body));
        });
        tokens
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match &self.body {
            Some(body) => self.with_body(&[], body.clone()),
            None => {
                let (attributes, visibility, signature) =
                    (&self.attributes, &self.visibility, &self.signature);
                quote!(#(#attributes)* #visibility #signature;)
            }
        });
    }
}

/// A name that no name of the user's can clash with.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
