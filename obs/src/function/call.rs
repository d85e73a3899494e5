//! A call under way: it is over when this is dropped, whatever has happened.

use super::{And, Function, Outcome};
use crate::clock::Stopwatch;
use crate::component::Component;
use crate::label::LabelSet;
use crate::metric::Measured;

/// What measures a call: the program's clock, or one that a test moves by hand.
pub trait Watch: Copy {
    /// Starts to measure.
    fn start() -> Self;

    /// Nanoseconds since the start.
    fn elapsed_ns(&self) -> u64;
}

impl Watch for Stopwatch {
    #[inline(always)]
    fn start() -> Stopwatch {
        Stopwatch::start()
    }

    #[inline(always)]
    fn elapsed_ns(&self) -> u64 {
        Stopwatch::elapsed_ns(self)
    }
}

/// A call under way.
#[derive(Debug)]
pub struct Call<L: LabelSet = (), W: Watch = Stopwatch> {
    function: &'static Function<L>,
    labels: L,
    /// `None` where the duration was off when the call began.
    watch: Option<W>,
    /// Time inside polls.
    busy_ns: u64,
    /// Where it was counted as in flight.
    pub(super) component: Component,
    polls: u32,
    /// Whether it was counted as in flight.
    in_flight: bool,
    /// What it is if nobody says how it went.
    outcome: Outcome,
    /// Whether its future enters the component.
    pub(super) enters: bool,
}

impl<L: LabelSet> Call<L> {
    /// Starts a call that runs to its end or unwinds.
    #[inline]
    pub fn start(function: &'static Function<L>, labels: L) -> Call<L> {
        Call::new(function, labels, Outcome::Panic)
    }
}

impl<L: LabelSet, W: Watch> Call<L, W> {
    /// Starts a call that ends so unless somebody says otherwise.
    #[inline]
    pub(super) fn new(function: &'static Function<L>, labels: L, unless_ended: Outcome) -> Self {
        let (mut component, mut counted) = (None, false);
        if let Some(in_flight) = function.in_flight {
            component = Component::current();
            counted = in_flight.with(labels).begin();
        }
        Call {
            function,
            labels,
            watch: (!function.duration.is_off()).then(W::start),
            busy_ns: 0,
            component: Component::or_outside(component),
            polls: 0,
            in_flight: counted,
            outcome: unless_ended,
            enters: false,
        }
    }

    /// Says how the call went.
    #[inline]
    pub fn end(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }

    /// Starts to measure a poll, where that is asked for.
    #[inline]
    pub(super) fn poll(&mut self) -> Option<W> {
        self.polls = self.polls.saturating_add(1);
        let busy = self.function.busy.filter(|busy| !busy.is_off());
        busy.map(|_| W::start())
    }

    /// Ends a poll.
    #[inline]
    pub(super) fn polled(&mut self, poll: Option<W>) {
        if let Some(watch) = poll {
            self.busy_ns = self.busy_ns.saturating_add(watch.elapsed_ns());
        }
    }
}

impl<L: LabelSet, W: Watch> Drop for Call<L, W> {
    #[inline]
    fn drop(&mut self) {
        let (function, labels) = (self.function, self.labels);
        if let Some(watch) = self.watch {
            let elapsed = watch.elapsed_ns();
            function.duration.with(labels).observe_ns(elapsed, 1);
        }
        function.calls.with(And(labels, self.outcome)).inc();
        if let Some(busy) = function.busy {
            busy.with(labels).observe_ns(self.busy_ns, 1);
        }
        if let Some(polls) = function.polls {
            polls.with(labels).inc_by(u64::from(self.polls));
        }
        if let (Some(in_flight), true) = (function.in_flight, self.in_flight) {
            in_flight.with(labels).dec_in(self.component.or_none());
        }
    }
}

/// A call whose body is no closure: it went well, unless the thread unwinds through it.
#[derive(Debug)]
pub struct Guard<L: LabelSet = ()> {
    call: Call<L>,
    /// Whether the thread was unwinding already: then the function is called by a destructor, and returns to it.
    unwinding: bool,
}

impl<L: LabelSet> Guard<L> {
    /// Starts a call that lasts until the guard is dropped.
    #[inline]
    pub fn start(function: &'static Function<L>, labels: L) -> Guard<L> {
        Guard {
            call: Call::start(function, labels),
            unwinding: std::thread::panicking(),
        }
    }
}

impl<L: LabelSet> Drop for Guard<L> {
    #[inline]
    fn drop(&mut self) {
        if self.unwinding || !std::thread::panicking() {
            self.call.outcome = Outcome::Ok;
        }
    }
}
