//! What `#[instrumented]` expands to: one call of a function, from its start to its outcome.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::clock::Stopwatch;
use crate::component::Component;
use crate::label::LabelValue;
use crate::metric::{Counter, Gauge, Histogram, Measured};

/// The metrics of a function.
#[derive(Debug)]
pub struct Function {
    /// Calls by outcome.
    pub calls: Counter<Outcome>,
    /// Time from start to outcome.
    pub duration: Histogram,
    /// Calls under way, where they are asked for.
    pub in_flight: Option<Gauge>,
}

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It returned; not an `Err`.
    Ok,
    /// It returned an `Err`.
    Err,
    /// It unwound.
    Panic,
    /// Its future was dropped before it was ready.
    Cancelled,
}

impl LabelValue for Outcome {
    const VALUES: &'static [&'static str] = &["ok", "err", "panic", "cancelled"];

    #[inline]
    fn index(self) -> usize {
        self as usize
    }
}

/// A call under way.
#[derive(Debug)]
pub struct Call {
    function: &'static Function,
    watch: Stopwatch,
    /// Where it was counted as in flight.
    component: Option<Component>,
    /// What it is if nobody says how it went.
    outcome: Outcome,
}

impl Call {
    /// Starts a call that runs to its end or unwinds.
    #[inline]
    pub fn start(function: &'static Function) -> Call {
        Call::new(function, Outcome::Panic)
    }

    /// Says how the call went.
    #[inline]
    pub fn end(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }

    #[inline]
    fn new(function: &'static Function, unless_ended: Outcome) -> Call {
        if let Some(in_flight) = function.in_flight {
            in_flight.inc();
        }
        Call {
            function,
            component: function.in_flight.and_then(|_| Component::current()),
            watch: Stopwatch::start(),
            outcome: unless_ended,
        }
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        let elapsed = self.watch.elapsed_ns();
        self.function.duration.with(()).observe_ns(elapsed, 1);
        self.function.calls.with(self.outcome).inc();
        if let Some(in_flight) = self.function.in_flight {
            in_flight.with(()).dec_in(self.component);
        }
    }
}

/// A call whose body is no closure: it went well, unless the thread unwinds through it.
#[derive(Debug)]
pub struct Guard {
    call: Call,
    /// Whether the thread was unwinding already: then the function is called by a destructor, and returns to it.
    unwinding: bool,
}

impl Guard {
    /// Starts a call that lasts until the guard is dropped.
    #[inline]
    pub fn start(function: &'static Function) -> Guard {
        Guard {
            call: Call::start(function),
            unwinding: std::thread::panicking(),
        }
    }
}

impl Drop for Guard {
    #[inline]
    fn drop(&mut self) {
        if self.unwinding || !std::thread::panicking() {
            self.call.outcome = Outcome::Ok;
        }
    }
}

/// Calls a closure once: inference then knows that it may give out what it captured.
#[inline(always)]
pub fn call_once<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Asks a value of any type whether it is an `Err`.
#[derive(Debug)]
pub struct Probe<'a, T>(pub &'a T);

/// The answer of a `Result`, which method resolution finds first.
pub trait OfResult {
    /// `Err` or well.
    fn outcome(&self) -> Outcome;
}

/// The answer of anything else.
pub trait OfAnything {
    /// Well.
    fn outcome(&self) -> Outcome;
}

impl<T, E> OfResult for Probe<'_, Result<T, E>> {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        match self.0 {
            Ok(_) => Outcome::Ok,
            Err(_) => Outcome::Err,
        }
    }
}

impl<T> OfAnything for &Probe<'_, T> {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        Outcome::Ok
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

pin_project_lite::pin_project! {
    /// A future with its call, which starts at the first poll.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Instrumented<F, O> {
        // Before the future, so that a cancelled call ends before what it held is dropped.
        call: Option<Call>,
        // `None` once the call has started.
        function: Option<&'static Function>,
        outcome: O,
        #[pin]
        future: F,
    }
}

impl<F: Future, O: Fn(&F::Output) -> Outcome> Instrumented<F, O> {
    /// Watches a future: its call is over when it is ready, unwinds or is dropped.
    #[inline]
    pub fn new(function: &'static Function, future: F, outcome: O) -> Self {
        Instrumented {
            call: None,
            function: Some(function),
            outcome,
            future,
        }
    }
}

impl<F: Future, O: Fn(&F::Output) -> Outcome> Future for Instrumented<F, O> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Some(function) = this.function.take() {
            *this.call = Some(Call::new(function, Outcome::Cancelled));
        }
        let mut polling = Polling {
            call: this.call,
            returned: false,
        };
        let polled = this.future.poll(context);
        polling.returned = true;
        if let Poll::Ready(result) = &polled
            && let Some(call) = polling.call.take()
        {
            call.end((this.outcome)(result));
        }
        polled
    }
}

/// Ends the call as a panic if the poll does not return: an executor may drop the future long after it has caught one.
struct Polling<'a> {
    call: &'a mut Option<Call>,
    returned: bool,
}

impl Drop for Polling<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.returned
            && let Some(call) = self.call.take()
        {
            call.end(Outcome::Panic);
        }
    }
}
