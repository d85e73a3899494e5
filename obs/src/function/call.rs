//! A call under way: it is over when this is dropped, whatever has happened.

use super::traced::{Traced, inside};
use super::{And, Function, Outcome};
use crate::clock::Stopwatch;
use crate::component::Component;
use crate::label::LabelSet;
use crate::metric::Measured;
use crate::span::{Inside, Start, Value};

/// What measures a call: the program's clock, or one that a test moves by hand.
pub trait Watch: Copy {
    /// Starts to measure.
    fn start() -> Self;

    /// The reading that it started with.
    fn reading(&self) -> u64;

    /// Reads the clock that it started with once more.
    fn read_again(&self) -> u64;

    /// Nanoseconds between two readings, by how far they are apart.
    fn ns_of(&self, readings: u64) -> u64;

    /// The same start, for a span.
    fn stopwatch(&self) -> Stopwatch;
}

impl Watch for Stopwatch {
    #[inline(always)]
    fn start() -> Stopwatch {
        Stopwatch::start()
    }

    #[inline(always)]
    fn reading(&self) -> u64 {
        Stopwatch::reading(self)
    }

    #[inline(always)]
    fn read_again(&self) -> u64 {
        Stopwatch::read_again(self)
    }

    #[inline(always)]
    fn ns_of(&self, readings: u64) -> u64 {
        Stopwatch::ns_of(self, readings)
    }

    #[inline(always)]
    fn stopwatch(&self) -> Stopwatch {
        *self
    }
}

/// A call under way.
#[derive(Debug)]
pub struct Call<L: LabelSet = (), W: Watch = Stopwatch, T: Traced = ()> {
    function: &'static Function<L>,
    labels: L,
    /// `None` where nobody has wanted to know the time: neither of the call nor of a poll.
    watch: Option<W>,
    /// Time inside polls, in readings of the watch.
    busy: u64,
    /// Where it was counted as in flight.
    pub(super) component: Component,
    polls: u32,
    /// Whether it was counted as in flight.
    in_flight: bool,
    /// Whether the duration was on when the call began.
    timed: bool,
    /// What it is if nobody says how it went.
    pub(super) outcome: Outcome,
    /// Whether its future enters the component.
    pub(super) enters: bool,
    /// What is recorded of it besides.
    pub(super) span: T,
}

impl<L: LabelSet> Call<L> {
    /// Starts a call that runs to its end or unwinds.
    #[inline]
    pub fn start(function: &'static Function<L>, labels: L) -> Call<L> {
        Call::new(function, labels, Outcome::Panic, |_| ())
    }
}

impl<L: LabelSet> Call<L, Stopwatch, Inside> {
    /// The same for one that is a span as well.
    #[inline]
    pub fn traced(function: &'static Function<L>, labels: L, start: Start) -> Self {
        Call::new(function, labels, Outcome::Panic, |watch| {
            inside(start, watch)
        })
    }

    /// Records the attributes that the site has keys for.
    pub fn attributes(&self, values: &[Option<Value<'_>>]) {
        self.span.attributes(values);
    }
}

impl<L: LabelSet, W: Watch, T: Traced> Call<L, W, T> {
    /// Starts a call that ends so unless somebody says otherwise. What is to begin with it is given its watch, to start it
    /// where the call itself has not.
    #[inline(always)]
    pub(super) fn new(
        function: &'static Function<L>,
        labels: L,
        unless_ended: Outcome,
        begin: impl FnOnce(&mut Option<W>) -> T,
    ) -> Self {
        let (mut component, mut counted) = (None, false);
        if let Some(in_flight) = function.in_flight {
            component = Component::current();
            counted = in_flight.with(labels).begin();
        }
        let timed = !function.duration.is_off();
        let mut watch = timed.then(W::start);
        let span = begin(&mut watch);
        Call {
            function,
            labels,
            watch,
            busy: 0,
            component: Component::or_outside(component),
            polls: 0,
            in_flight: counted,
            timed,
            outcome: unless_ended,
            enters: false,
            span,
        }
    }

    /// Whether it is a span that is recorded.
    #[inline(always)]
    pub fn is_recorded(&self) -> bool {
        self.span.is_recorded()
    }

    /// What is recorded of it besides metrics.
    #[inline(always)]
    pub fn span(&self) -> &T {
        &self.span
    }

    /// Says how the call went.
    #[inline]
    pub fn end(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }

    /// Says how the call went, and when it ended, if somebody has read the clock: it is over, and not to be dropped.
    #[inline]
    pub(super) fn end_at(&mut self, outcome: Outcome, now: Option<u64>) {
        self.outcome = outcome;
        self.over(now);
    }

    /// Starts a poll, and to measure it, where that is asked for. The first one begins with the call.
    #[inline]
    pub(super) fn poll(&mut self) -> Option<u64> {
        self.polls = self.polls.saturating_add(1);
        let busy = self.function.busy.is_some_and(|busy| !busy.is_off());
        if !busy && !self.span.is_recorded() {
            return None;
        }
        match &self.watch {
            Some(watch) if self.polls > 1 => Some(watch.read_again()),
            _ => Some(self.watch.get_or_insert_with(W::start).reading()),
        }
    }

    /// Ends a poll that was measured from that reading on; returns the reading that ends it.
    #[inline]
    pub(super) fn polled(&mut self, from: Option<u64>) -> Option<u64> {
        let from = from?;
        let now = self.watch?.read_again();
        let took = now.saturating_sub(from);
        self.busy = self.busy.saturating_add(took);
        self.span.polled(took);
        Some(now)
    }

    #[inline(always)]
    fn over(&mut self, now: Option<u64>) {
        let (function, labels) = (self.function, self.labels);
        let mut now = now;
        if let Some(watch) = self.watch
            && (self.timed || self.span.is_recorded())
        {
            let end = now.unwrap_or_else(|| watch.read_again());
            if self.timed {
                let elapsed = watch.ns_of(end.saturating_sub(watch.reading()));
                let duration = function.duration.with(labels);
                duration.observe_ns(elapsed, 1);
                if self.span.is_recorded() {
                    duration.offer(elapsed, &watch.stopwatch(), end);
                }
            }
            now = Some(end);
        }
        function.calls.with(And(labels, self.outcome)).inc();
        if let Some(busy) = function.busy {
            let ns = self.watch.map_or(0, |watch| watch.ns_of(self.busy));
            busy.with(labels).observe_ns(ns, 1);
        }
        if let Some(polls) = function.polls {
            polls.with(labels).inc_by(u64::from(self.polls));
        }
        if let (Some(in_flight), true) = (function.in_flight, self.in_flight) {
            in_flight.with(labels).dec_in(self.component.or_none());
        }
        // Last: what is observed belongs to the span.
        self.span.end(self.outcome, now, (self.busy, self.polls));
    }
}

impl<L: LabelSet, W: Watch, T: Traced> Drop for Call<L, W, T> {
    #[inline]
    fn drop(&mut self) {
        self.over(None);
    }
}

/// A call whose body is no closure: it went well, unless the thread unwinds through it.
#[derive(Debug)]
pub struct Guard<L: LabelSet = (), T: Traced = ()> {
    call: Call<L, Stopwatch, T>,
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

impl<L: LabelSet> Guard<L, Inside> {
    /// The same for one that is a span as well.
    #[inline]
    pub fn traced(function: &'static Function<L>, labels: L, start: Start) -> Self {
        Guard {
            call: Call::traced(function, labels, start),
            unwinding: std::thread::panicking(),
        }
    }

    /// Whether the span is recorded.
    #[inline(always)]
    pub fn is_recorded(&self) -> bool {
        self.call.is_recorded()
    }

    /// Records the attributes that the site has keys for.
    pub fn attributes(&self, values: &[Option<Value<'_>>]) {
        self.call.attributes(values);
    }
}

impl<L: LabelSet, T: Traced> Drop for Guard<L, T> {
    #[inline]
    fn drop(&mut self) {
        if self.unwinding || !std::thread::panicking() {
            self.call.outcome = Outcome::Ok;
        }
    }
}
