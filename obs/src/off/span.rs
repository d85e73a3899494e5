//! Spans that nobody records.

/// A span's kind, edge and status: the same.
#[path = "../span/status.rs"]
#[expect(dead_code, reason = "nothing is read back")]
mod status;

/// Values of attributes: the same, so that what cannot be one is an error here as well.
#[path = "../span/value.rs"]
mod value;

/// W3C Trace Context.
#[path = "w3c.rs"]
mod w3c;

/// Spans of handles.
#[cfg(feature = "host")]
#[path = "held.rs"]
mod held;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{self, Poll};

use crate::Moment;

#[cfg(feature = "host")]
pub use held::Site;
#[cfg(feature = "host")]
pub(crate) use held::{Held, Name, Told};
pub use status::{Edge, Kind, Status};
pub use value::{AttributeValue, Value, Written};
pub use w3c::{NotATraceparent, Traceparent};

/// A span that is none.
#[derive(Debug)]
#[must_use = "the span ends as soon as the guard is dropped"]
pub struct Span(PhantomData<*const ()>);

impl Span {
    /// The span of no site; for the macro.
    #[doc(hidden)]
    #[inline(always)]
    pub fn off() -> Span {
        Span(PhantomData)
    }

    /// Nothing is recorded.
    #[inline(always)]
    pub fn is_recorded(&self) -> bool {
        false
    }

    /// The context of nothing.
    #[inline(always)]
    pub fn context(&self) -> Context {
        Context::NONE
    }

    /// Leaves nothing.
    #[inline(always)]
    pub fn detach(self) -> OpenSpan {
        OpenSpan(())
    }

    /// The future as it is.
    #[inline(always)]
    pub fn around<F: Future>(self, future: F) -> Around<F> {
        Around { future }
    }
}

/// A span that is none.
#[derive(Debug)]
#[must_use = "the span ends as soon as this is dropped"]
pub struct OpenSpan(());

impl OpenSpan {
    /// Nothing is recorded.
    #[inline(always)]
    pub fn is_recorded(&self) -> bool {
        false
    }

    /// The context of nothing.
    #[inline(always)]
    pub fn context(&self) -> Context {
        Context::NONE
    }

    /// Enters nothing.
    #[inline(always)]
    pub fn enter(&self) -> Entered {
        Entered(PhantomData)
    }

    /// Runs `f`.
    #[inline(always)]
    pub fn scope<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }

    /// The future as it is.
    #[inline(always)]
    pub fn around<F: Future>(self, future: F) -> Around<F> {
        Around { future }
    }
}

/// The context of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context(());

impl Context {
    /// The only one there is.
    pub const NONE: Context = Context(());

    /// No thread is in a span.
    #[inline(always)]
    pub fn current() -> Context {
        Context::NONE
    }

    /// Enters nothing.
    #[inline(always)]
    pub fn enter(self) -> Entered {
        Entered(PhantomData)
    }

    /// Runs `f`.
    #[inline(always)]
    pub fn scope<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }

    /// It is in no trace.
    #[inline(always)]
    pub fn is_some(&self) -> bool {
        false
    }

    /// Nothing is recorded.
    #[inline(always)]
    pub fn is_recorded(&self) -> bool {
        false
    }

    /// No trace has an id.
    #[inline(always)]
    pub fn trace_id(&self) -> u128 {
        0
    }

    /// No span has an id.
    #[inline(always)]
    pub fn span_id(&self) -> u64 {
        0
    }
}

/// What is said of spans, and forgotten.
macro_rules! forgotten {
    ($($of:ident: $($verb:ident),+;)+) => {$(
        impl $of {
            $(forgotten!(@$verb);)+
        }
    )+};
    (@set) => {
        /// Records nothing.
        #[inline(always)]
        pub fn set(&self, key: &str, value: impl AttributeValue) {
            let _ = (key, value);
        }
    };
    (@ok) => {
        /// Says nothing.
        #[inline(always)]
        pub fn ok(&self) {}
    };
    (@error) => {
        /// Says nothing.
        #[inline(always)]
        pub fn error(&self, what: impl fmt::Display) {
            let _ = what;
        }
    };
    (@link) => {
        /// Links nothing.
        #[inline(always)]
        pub fn link(&self, other: Context) {
            let _ = other;
        }
    };
    (@keep_trace) => {
        /// Keeps nothing.
        #[inline(always)]
        pub fn keep_trace(&self) {}
    };
}

forgotten! {
    Span: set, ok, error, link, keep_trace;
    OpenSpan: set, ok, error;
    Context: set, error, link, keep_trace;
}

/// A stay in no span.
#[derive(Debug)]
#[must_use = "the context is left again as soon as the guard is dropped"]
pub struct Entered(PhantomData<*const ()>);

/// What a message carries where nothing is to be carried.
#[derive(Debug, Clone, Copy)]
pub struct Carrier(());

impl Carrier {
    /// Carries nothing.
    #[inline(always)]
    pub fn ask() -> Carrier {
        Carrier(())
    }

    /// Carries nothing.
    #[inline(always)]
    pub fn tell() -> Carrier {
        Carrier(())
    }

    /// Carries nothing.
    #[inline(always)]
    pub fn of(context: Context, edge: Edge) -> Carrier {
        let _ = (context, edge);
        Carrier(())
    }

    /// The context of nothing.
    #[inline(always)]
    pub fn context(&self) -> Context {
        Context::NONE
    }

    /// A moment of no clock.
    #[inline(always)]
    pub fn sent(&self) -> Moment {
        Moment::now()
    }
}

/// Where a span would come from; for the macro.
#[derive(Debug, Clone, Copy)]
pub struct Origin(());

/// What could be the parent of a span; for the macro.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the parent of a span",
    note = "a parent is a `Context`, a `Carrier`, or `Some` of one"
)]
pub trait Parent {}

impl Parent for Context {}
impl Parent for &Context {}
impl Parent for Carrier {}
impl Parent for &Carrier {}
impl<P: Parent> Parent for Option<P> {}

/// What an attribute would hold; for the macro.
#[inline(always)]
pub fn value<V: AttributeValue + ?Sized>(value: &V) -> Option<Value<'_>> {
    value.value()
}

/// Looks at what would be a parent; for the macro.
#[inline(always)]
pub fn origin(parent: impl Parent) -> Origin {
    let _ = parent;
    Origin(())
}

pin_project_lite::pin_project! {
    /// The future itself.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Around<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Around<F> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(context)
    }
}

/// Futures that would run in the context of a span.
pub trait InContext: Future + Sized {
    /// The future as it is.
    fn in_context(self, context: Context) -> WithContext<Self> {
        let _ = context;
        WithContext { future: self }
    }

    /// The future as it is.
    fn in_current_context(self) -> WithContext<Self> {
        WithContext { future: self }
    }
}

impl<F: Future> InContext for F {}

pin_project_lite::pin_project! {
    /// The future itself.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct WithContext<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for WithContext<F> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(context)
    }
}
