//! Components: what is recorded between entering and leaving one carries its name as the label `component`.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::record::hot::{self, WORLD};
use crate::record::lane::{OUTSIDE, Scope};

/// A component of the program: an actor, a plugin, a WebAssembly guest.
///
/// A small `Copy` handle for one life of it, from [`register`](Component::register) to
/// [`retire`](Component::retire). A restart is not a retirement: registering a live name returns the same handle, and
/// its series go on.
///
/// ```
/// let parser = obs::Component::register("shop/parser/1");
/// parser.scope(|| obs::counter!("parsed_total", "Documents parsed.").inc());
/// assert_eq!(parser.name().as_deref(), Some("shop/parser/1"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Component(u64);

impl Component {
    /// Registers a component, or returns the live one of that name.
    ///
    /// After a retirement the name starts a new life with series from 0, at once.
    pub fn register(name: &str) -> Component {
        Component(hot::quietly(|| WORLD.register(name)))
    }

    /// Enters the component on this thread until the guard is dropped.
    ///
    /// Costs about a nanosecond once the thread has recorded for it. Never hold the guard over an `.await`, nor over
    /// a call that may suspend and go on elsewhere: use [`in_component`](InComponent::in_component) there. A guard
    /// dropped on another thread is a counted no-op; one dropped before the guards inside it takes effect when those
    /// have gone, and is counted.
    #[inline(always)]
    pub fn enter(self) -> Entered {
        Entered {
            scope: hot::enter(self.0),
            not_send: PhantomData,
        }
    }

    /// Runs `f` in the component.
    #[inline(always)]
    pub fn scope<R>(self, f: impl FnOnce() -> R) -> R {
        let _entered = self.enter();
        f()
    }

    /// Ends this life of the component.
    ///
    /// Its series linger in the exposition for a while (5 minutes by default) and then leave; totals keep what they
    /// counted. What a thread still records inside it is counted as long as it lingers, and in the totals after.
    /// Retiring twice, or a life that is over, does nothing.
    pub fn retire(self) {
        hot::quietly(|| WORLD.retire(self.0));
    }

    /// The component that this thread is in, if any.
    pub fn current() -> Option<Component> {
        Component::inside(hot::lane(|lane| lane.component()))
    }

    /// The name, while the component lives or lingers.
    pub fn name(self) -> Option<Arc<str>> {
        hot::quietly(|| WORLD.existing(self.0)?.name.clone())
    }

    pub(crate) fn inside(id: u64) -> Option<Component> {
        (id != OUTSIDE).then_some(Component(id))
    }

    /// The component, or what is outside any as if it were one.
    pub(crate) fn or_outside(component: Option<Component>) -> Component {
        component.unwrap_or(Component(OUTSIDE))
    }

    /// The component, or nothing for what is outside any.
    pub(crate) fn or_none(self) -> Option<Component> {
        Component::inside(self.0)
    }

    pub(crate) fn from_id(id: u64) -> Component {
        Component(id)
    }

    pub(crate) fn id(self) -> u64 {
        self.0
    }
}

/// A thread's stay in a component; ends when dropped.
#[must_use = "the component is left again as soon as the guard is dropped"]
pub struct Entered {
    scope: Scope,
    not_send: PhantomData<*const ()>,
}

impl std::fmt::Debug for Entered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}

impl Drop for Entered {
    #[inline(always)]
    fn drop(&mut self) {
        hot::leave(&self.scope);
    }
}

/// Futures that run in a component.
pub trait InComponent: Future + Sized {
    /// Enters `component` at each poll and leaves it when the poll returns, on whatever thread that is.
    ///
    /// ```
    /// use obs::InComponent;
    ///
    /// let parser = obs::Component::register("parser");
    /// let work = async { assert_eq!(obs::Component::current(), Some(parser)) }.in_component(parser);
    /// # use std::{pin::pin, task::{Context, Waker}};
    /// # assert!(pin!(work).poll(&mut Context::from_waker(Waker::noop())).is_ready());
    /// ```
    fn in_component(self, component: Component) -> Within<Self> {
        Within {
            component: Some(component),
            future: Some(self),
        }
    }

    /// Enters at each poll the component that the caller is in now; none, if it is in none. For what is spawned.
    fn in_current_component(self) -> Within<Self> {
        Within {
            component: Component::current(),
            future: Some(self),
        }
    }
}

impl<F: Future> InComponent for F {}

pin_project_lite::pin_project! {
    /// A future that is polled, and dropped, inside a component.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Within<F> {
        component: Option<Component>,
        // Gone once dropped: the destructors of a cancelled future run inside the component too.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Within<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = this.component.map(Component::enter);
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.component.map(Component::enter);
        match this.future.as_pin_mut() {
            Some(future) => future.poll(context),
            None => Poll::Pending,
        }
    }
}
