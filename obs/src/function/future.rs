//! A future with its call, from the first poll until it is ready, unwinds or is dropped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::traced::{Later, TracedAcross};
use super::{Call, Function, Outcome, Watch};
use crate::clock::Stopwatch;
use crate::component::{Component, Entered};
use crate::label::LabelSet;
use crate::span::{self, Across, Kept, Start, Stay, Value};

pin_project_lite::pin_project! {
    /// A future with its call, which starts at the first poll. The one layer around it: it enters the component and the
    /// span, too.
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Instrumented<F, O, L: LabelSet = (), W: Watch = Stopwatch, T: TracedAcross = ()> {
        phase: Phase<L, W, T>,
        outcome: O,
        // Gone once dropped: the destructors of a cancelled future run inside the component and the span.
        #[pin]
        future: Option<F>,
    }

    impl<F, O, L: LabelSet, W: Watch, T: TracedAcross> PinnedDrop for Instrumented<F, O, L, W, T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = this.phase.enter();
            let _inside = this.phase.context().map(span::Context::enter_poll);
            // A cancelled call ends before what it held is dropped.
            this.phase.end(None, None);
            this.future.set(None);
        }
    }
}

/// Where the call stands.
enum Phase<L: LabelSet, W: Watch, T: TracedAcross> {
    Waiting(&'static Function<L>, L, Option<Component>, T::Start),
    Running(Call<L, W, T>),
    Over(Option<Component>),
}

/// A call that has begun, and whose future is still to be made, in the same poll.
#[derive(Debug)]
pub struct Begun<L: LabelSet>(Call<L, Stopwatch, Across>);

impl<L: LabelSet> Begun<L> {
    /// Starts the call and its span, in this component, if any.
    #[inline]
    pub fn start(
        function: &'static Function<L>,
        labels: L,
        component: Option<Component>,
        start: Start,
    ) -> Begun<L> {
        let _entered = component.map(Component::enter);
        Begun(begun(function, labels, component, start, Outcome::Panic))
    }

    /// Whether the span is recorded, for whoever goes on to its attributes: these may be waited for, with the call under way.
    #[inline]
    pub fn is_recorded(&self) -> bool {
        span::hand_out();
        self.0.is_recorded()
    }

    /// Records the attributes that the site has keys for.
    pub fn attributes(&self, values: &[Option<Value<'_>>]) {
        self.0.span.attributes(values);
    }
}

impl<F: Future, O, L: LabelSet, W: Watch> Instrumented<F, O, L, W>
where
    O: Fn(&F::Output, &()) -> Outcome,
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
            phase: Phase::Waiting(function, labels, component, ()),
            outcome,
            future: Some(future),
        }
    }
}

impl<F: Future, O, L: LabelSet> Instrumented<F, O, L, Stopwatch, Across>
where
    O: Fn(&F::Output, &Across) -> Outcome,
{
    /// Watches a future whose call has begun.
    #[inline]
    pub fn begun(mut begun: Begun<L>, future: F, outcome: O) -> Self {
        begun.0.outcome = Outcome::Cancelled;
        Instrumented {
            phase: Phase::Running(begun.0),
            outcome,
            future: Some(future),
        }
    }
}

impl<F: Future, O, L: LabelSet, W: Watch, const N: usize> Instrumented<F, O, L, W, Later<N>>
where
    O: Fn(&F::Output, &Later<N>) -> Outcome,
{
    /// Watches a future whose call begins at the first poll, and is a span then.
    #[inline]
    pub fn later(
        function: &'static Function<L>,
        labels: L,
        component: Option<Component>,
        start: (Start, [Option<Kept>; N]),
        future: F,
        outcome: O,
    ) -> Self {
        Instrumented {
            phase: Phase::Waiting(function, labels, component, start),
            outcome,
            future: Some(future),
        }
    }
}

impl<F: Future, O, L: LabelSet, W: Watch, T: TracedAcross> Future for Instrumented<F, O, L, W, T>
where
    O: Fn(&F::Output, &T) -> Outcome,
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
        match (&polled, &mut *polling.phase) {
            (Poll::Ready(result), Phase::Running(call)) => {
                let outcome = (this.outcome)(result, call.span());
                let now = polling.stop();
                polling.phase.end(Some(outcome), now);
            }
            (Poll::Pending, Phase::Running(call)) => call.span.suspend(),
            _ => {}
        }
        polling.returned = true;
        polled
    }
}

/// A call in a component, if any, that ends so unless somebody says otherwise.
#[inline(always)]
fn begun<L: LabelSet, W: Watch, T: TracedAcross>(
    function: &'static Function<L>,
    labels: L,
    component: Option<Component>,
    start: T::Start,
    unless_ended: Outcome,
) -> Call<L, W, T> {
    let mut call = Call::new(function, labels, unless_ended, |watch| {
        T::begin(start, watch)
    });
    if let Some(component) = component {
        call.component = component;
        call.enters = true;
    }
    call
}

impl<L: LabelSet, W: Watch, T: TracedAcross> Phase<L, W, T> {
    /// Enters the component that the future was given.
    #[inline]
    fn enter(&self) -> Option<Entered> {
        self.component().map(Component::enter)
    }

    #[inline]
    fn component(&self) -> Option<Component> {
        match self {
            Phase::Waiting(_, _, component, _) | Phase::Over(component) => *component,
            Phase::Running(call) => call.enters.then_some(call.component),
        }
    }

    /// What polls are in.
    #[inline]
    fn context(&self) -> Option<span::Context> {
        match self {
            Phase::Running(call) => call.span.context(),
            Phase::Waiting(..) | Phase::Over(_) => None,
        }
    }

    /// Starts the call, if it waits for that.
    #[inline]
    fn begin(&mut self) {
        let Phase::Waiting(_, _, component, _) = self else {
            return;
        };
        let over = Phase::Over(*component);
        if let Phase::Waiting(function, labels, component, start) = std::mem::replace(self, over) {
            let call = begun(function, labels, component, start, Outcome::Cancelled);
            *self = Phase::Running(call);
        }
    }

    /// Ends the call, if it runs, with this outcome or as what it is if nobody says how it went; `now` if somebody has read
    /// the clock.
    #[inline]
    fn end(&mut self, outcome: Option<Outcome>, now: Option<u64>) {
        let over = Phase::Over(self.component());
        if let (Phase::Running(call), Some(outcome)) = (&mut *self, outcome) {
            call.end_at(outcome, now);
            // It is over now; nothing in it is to be dropped.
            std::mem::forget(std::mem::replace(self, over));
        } else {
            *self = over;
        }
    }
}

/// One poll. The call ends as a panic if it does not return: an executor may drop the future long after it has caught one.
struct Polling<'a, L: LabelSet, W: Watch, T: TracedAcross> {
    phase: &'a mut Phase<L, W, T>,
    /// The reading that it is measured from.
    from: Option<u64>,
    stay: Option<Stay>,
    returned: bool,
}

impl<'a, L: LabelSet, W: Watch, T: TracedAcross> Polling<'a, L, W, T> {
    #[inline]
    fn start(phase: &'a mut Phase<L, W, T>) -> Self {
        phase.begin();
        let (stay, from) = match phase {
            Phase::Running(call) => (call.span.enter(), call.poll()),
            _ => (None, None),
        };
        Polling {
            phase,
            from,
            stay,
            returned: false,
        }
    }

    /// Ends the poll; returns the reading that ends it.
    #[inline]
    fn stop(&mut self) -> Option<u64> {
        let now = match self.phase {
            Phase::Running(call) => call.polled(self.from.take()),
            _ => None,
        };
        if let Some(stay) = self.stay.take() {
            Across::leave(&stay);
        }
        now
    }
}

impl<L: LabelSet, W: Watch, T: TracedAcross> Drop for Polling<'_, L, W, T> {
    #[inline]
    fn drop(&mut self) {
        let now = self.stop();
        if !self.returned {
            self.phase.end(Some(Outcome::Panic), now);
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
