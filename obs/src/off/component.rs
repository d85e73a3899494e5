//! Components that nobody is ever in.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A component, when obs is compiled out: a handle without meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Component(());

impl Component {
    /// Registers nothing.
    #[inline(always)]
    pub fn register(name: &str) -> Component {
        let _ = name;
        Component(())
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

    /// Retires nothing.
    #[inline(always)]
    pub fn retire(self) {}

    /// No thread is in a component.
    #[inline(always)]
    pub fn current() -> Option<Component> {
        None
    }

    /// No component has a name.
    #[inline(always)]
    pub fn name(self) -> Option<Arc<str>> {
        None
    }

    pub(crate) fn inside(id: u64) -> Option<Component> {
        let _ = id;
        None
    }

    pub(crate) fn from_id(id: u64) -> Component {
        let _ = id;
        Component(())
    }

    pub(crate) fn id(self) -> u64 {
        0
    }
}

/// A stay in no component.
#[derive(Debug)]
#[must_use = "the component is left again as soon as the guard is dropped"]
pub struct Entered(PhantomData<*const ()>);

/// Futures that would run in a component.
pub trait InComponent: Future + Sized {
    /// The future as it is.
    fn in_component(self, component: Component) -> Within<Self> {
        let _ = component;
        Within { future: self }
    }

    /// The future as it is.
    fn in_current_component(self) -> Within<Self> {
        Within { future: self }
    }
}

impl<F: Future> InComponent for F {}

pin_project_lite::pin_project! {
    /// The future itself.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Within<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(context)
    }
}
