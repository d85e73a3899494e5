//! What is recorded of a call beside its metrics: nothing, or a span.

use std::fmt;

use super::{Outcome, Watch};
use crate::span::{Across, Context, Inside, Kept, Start, Status, Stay};

/// The span of a call, or none.
pub trait Traced {
    /// Whether there is one, and it is recorded.
    fn is_recorded(&self) -> bool;

    /// Says what was wrong.
    fn error(&self, what: &dyn fmt::Display);

    /// Takes in how long a poll was, in readings of the call's watch.
    fn polled(&mut self, took: u64);

    /// Ends it, at a reading that is there if it is recorded; `polled` is the time inside polls, and their number.
    fn end(&mut self, outcome: Outcome, now: Option<u64>, polled: (u64, u32));
}

/// The span of a call that is polled, or none.
pub trait TracedAcross: Traced + Sized {
    /// What it begins with.
    type Start;

    /// Begins it, with the reading that the call begins with: one more watch is started only where there is none.
    fn begin<W: Watch>(start: Self::Start, watch: &mut Option<W>) -> Self;

    /// Enters it for a poll.
    fn enter(&self) -> Option<Stay>;

    /// The poll returns without having ended it.
    fn suspend(&mut self);

    /// What polls are in.
    fn context(&self) -> Option<Context>;
}

impl Traced for () {
    #[inline(always)]
    fn is_recorded(&self) -> bool {
        false
    }

    #[inline(always)]
    fn error(&self, _: &dyn fmt::Display) {}

    #[inline(always)]
    fn polled(&mut self, _: u64) {}

    #[inline(always)]
    fn end(&mut self, _: Outcome, _: Option<u64>, _: (u64, u32)) {}
}

impl TracedAcross for () {
    type Start = ();

    #[inline(always)]
    fn begin<W: Watch>((): (), _: &mut Option<W>) {}

    #[inline(always)]
    fn enter(&self) -> Option<Stay> {
        None
    }

    #[inline(always)]
    fn suspend(&mut self) {}

    #[inline(always)]
    fn context(&self) -> Option<Context> {
        None
    }
}

impl Traced for Inside {
    #[inline(always)]
    fn is_recorded(&self) -> bool {
        Inside::is_recorded(self)
    }

    fn error(&self, what: &dyn fmt::Display) {
        Inside::error(self, what);
    }

    #[inline(always)]
    fn polled(&mut self, _: u64) {}

    #[inline(always)]
    fn end(&mut self, outcome: Outcome, now: Option<u64>, _: (u64, u32)) {
        Inside::end(self, status(outcome), now);
    }
}

/// Begins the span of a call that is not polled, likewise.
#[inline(always)]
pub(super) fn inside<W: Watch>(start: Start, watch: &mut Option<W>) -> Inside {
    if !start.enters() {
        return Inside::nothing();
    }
    Inside::begin(start, watch.get_or_insert_with(W::start).stopwatch())
}

impl Traced for Across {
    #[inline(always)]
    fn is_recorded(&self) -> bool {
        Across::is_recorded(self)
    }

    fn error(&self, what: &dyn fmt::Display) {
        Across::error(self, what);
    }

    #[inline(always)]
    fn polled(&mut self, took: u64) {
        Across::polled(self, took);
    }

    #[inline(always)]
    fn end(&mut self, outcome: Outcome, now: Option<u64>, (busy, polls): (u64, u32)) {
        Across::end(self, status(outcome), now, busy, u64::from(polls));
    }
}

impl TracedAcross for Across {
    type Start = Start;

    #[inline(always)]
    fn begin<W: Watch>(start: Start, watch: &mut Option<W>) -> Across {
        if !start.enters() {
            return Across::nothing();
        }
        Across::begin(start, watch.get_or_insert_with(W::start).stopwatch())
    }

    #[inline(always)]
    fn enter(&self) -> Option<Stay> {
        Across::enter(self)
    }

    #[inline(always)]
    fn suspend(&mut self) {
        Across::suspend(self);
    }

    #[inline(always)]
    fn context(&self) -> Option<Context> {
        Across::context(self)
    }
}

/// The span of a call that begins after its arguments are gone: its attributes are kept until then.
#[derive(Debug)]
pub struct Later<const N: usize>(Across);

impl<const N: usize> Traced for Later<N> {
    #[inline(always)]
    fn is_recorded(&self) -> bool {
        self.0.is_recorded()
    }

    fn error(&self, what: &dyn fmt::Display) {
        self.0.error(what);
    }

    #[inline(always)]
    fn polled(&mut self, took: u64) {
        self.0.polled(took);
    }

    #[inline(always)]
    fn end(&mut self, outcome: Outcome, now: Option<u64>, polled: (u64, u32)) {
        Traced::end(&mut self.0, outcome, now, polled);
    }
}

impl<const N: usize> TracedAcross for Later<N> {
    type Start = (Start, [Option<Kept>; N]);

    #[inline]
    fn begin<W: Watch>((start, kept): Self::Start, watch: &mut Option<W>) -> Self {
        let across = <Across as TracedAcross>::begin(start, watch);
        if N > 0 && across.is_recorded() {
            across.kept_attributes(&kept);
        }
        Later(across)
    }

    #[inline(always)]
    fn enter(&self) -> Option<Stay> {
        self.0.enter()
    }

    #[inline(always)]
    fn suspend(&mut self) {
        self.0.suspend();
    }

    #[inline(always)]
    fn context(&self) -> Option<Context> {
        self.0.context()
    }
}

#[inline(always)]
fn status(outcome: Outcome) -> Status {
    match outcome {
        Outcome::Ok => Status::Unset,
        Outcome::Err => Status::Error,
        Outcome::Panic => Status::Panicked,
        Outcome::Cancelled => Status::Cancelled,
    }
}
