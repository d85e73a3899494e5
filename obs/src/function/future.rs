//! A future with its call, from the first poll until it is ready, unwinds or is dropped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{Call, Function, Outcome, Watch};
use crate::clock::Stopwatch;
use crate::component::{Component, Entered};
use crate::label::LabelSet;

pin_project_lite::pin_project! {
    /// A future with its call, which starts at the first poll. The one layer around it: it enters the component, too.
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Instrumented<F, O, L: LabelSet = (), W: Watch = Stopwatch> {
        phase: Phase<L, W>,
        outcome: O,
        // Gone once dropped: the destructors of a cancelled future run inside the component.
        #[pin]
        future: Option<F>,
    }

    impl<F, O, L: LabelSet, W: Watch> PinnedDrop for Instrumented<F, O, L, W> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = this.phase.enter();
            // A cancelled call ends before what it held is dropped.
            this.phase.end(None);
            this.future.set(None);
        }
    }
}

/// Where the call stands.
enum Phase<L: LabelSet, W: Watch> {
    Waiting(&'static Function<L>, L, Option<Component>),
    Running(Call<L, W>),
    Over(Option<Component>),
}

impl<F: Future, O, L: LabelSet, W: Watch> Instrumented<F, O, L, W>
where
    O: Fn(&F::Output) -> Outcome,
{
    /// Watches a future, polled in this component, if any.
    #[inline]
    pub fn new(
        function: &'static Function<L>,
        labels: L,
        component: Option<Component>,
        future: F,
        outcome: O,
    ) -> Self {
        Instrumented {
            phase: Phase::Waiting(function, labels, component),
            outcome,
            future: Some(future),
        }
    }
}

impl<F: Future, O, L: LabelSet, W: Watch> Future for Instrumented<F, O, L, W>
where
    O: Fn(&F::Output) -> Outcome,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Pending;
        };
        let _entered = this.phase.enter();
        let mut polling = Polling::start(this.phase);
        let polled = future.poll(context);
        if let Poll::Ready(result) = &polled {
            let outcome = (this.outcome)(result);
            polling.stop();
            polling.phase.end(Some(outcome));
        }
        polling.returned = true;
        polled
    }
}

impl<L: LabelSet, W: Watch> Phase<L, W> {
    /// Enters the component that the future was given.
    #[inline]
    fn enter(&self) -> Option<Entered> {
        self.component().map(Component::enter)
    }

    #[inline]
    fn component(&self) -> Option<Component> {
        match self {
            Phase::Waiting(_, _, component) | Phase::Over(component) => *component,
            Phase::Running(call) => call.enters.then_some(call.component),
        }
    }

    /// Starts the call, if it waits for that.
    #[inline]
    fn begin(&mut self) {
        if let Phase::Waiting(function, labels, component) = *self {
            let mut call = Call::new(function, labels, Outcome::Cancelled);
            if let Some(component) = component {
                call.component = component;
                call.enters = true;
            }
            *self = Phase::Running(call);
        }
    }

    /// Ends the call, if it runs, with this outcome or as what it is if nobody says how it went.
    #[inline]
    fn end(&mut self, outcome: Option<Outcome>) {
        let over = Phase::Over(self.component());
        if let (Phase::Running(call), Some(outcome)) = (std::mem::replace(self, over), outcome) {
            call.end(outcome);
        }
    }
}

/// One poll. The call ends as a panic if it does not return: an executor may drop the future long after it has caught one.
struct Polling<'a, L: LabelSet, W: Watch> {
    phase: &'a mut Phase<L, W>,
    watch: Option<W>,
    returned: bool,
}

impl<'a, L: LabelSet, W: Watch> Polling<'a, L, W> {
    #[inline]
    fn start(phase: &'a mut Phase<L, W>) -> Self {
        phase.begin();
        let watch = match phase {
            Phase::Running(call) => call.poll(),
            _ => None,
        };
        Polling {
            phase,
            watch,
            returned: false,
        }
    }

    #[inline]
    fn stop(&mut self) {
        if let Phase::Running(call) = self.phase {
            call.polled(self.watch.take());
        }
    }
}

impl<L: LabelSet, W: Watch> Drop for Polling<'_, L, W> {
    #[inline]
    fn drop(&mut self) {
        self.stop();
        if !self.returned {
            self.phase.end(Some(Outcome::Panic));
        }
    }
}

/// A value of any type, for code that never runs and is there for its type.
pub fn never<T>() -> T {
    unreachable!("only there for its type")
}

/// What `#[instrumented]` makes of a function that returns a boxed future.
pub fn boxed<F>(future: F) -> Pin<Box<F>> {
    Box::pin(future)
}

/// The same for one that is boxed, but not pinned.
pub fn boxed_unpinned<F>(future: F) -> Box<F> {
    Box::new(future)
}
