//! Spans of the calls of instrumented functions: others read the clock for them.

use std::fmt;
use std::marker::PhantomData;

use super::attributes;
use super::context::{self, Context};
use super::kept::Kept;
use super::local::local;
use super::running::{FIRST, Origin, Polls, Running};
use super::site::{ALL, Site};
use super::status::Status;
use super::value::Value;
use crate::clock::Stopwatch;
use crate::record::frame::Frame;

/// What the span of a call begins with: its site, and what it hangs on.
#[derive(Clone, Copy)]
pub struct Start {
    site: &'static Site,
    origin: Origin,
}

impl Start {
    /// A span of what the thread is in when the call starts.
    #[inline(always)]
    pub fn here(site: &'static Site) -> Start {
        Start::of(site, Origin::Here)
    }

    /// A span of that origin.
    #[inline(always)]
    pub fn of(site: &'static Site, origin: Origin) -> Start {
        Start { site, origin }
    }

    /// Whether there is anything to begin, as far as one knows before: a root may still be left out by its share.
    #[inline(always)]
    pub fn is_on(&self) -> bool {
        let flags = match &self.origin {
            Origin::Here => local(|local| local.flags()),
            Origin::Root => 0,
            Origin::Of(parent, _) => parent.flags(),
        };
        flags & context::UNRECORDED == 0 && self.site.number().is_some()
    }

    /// Whether the thread enters a span: it does so, too, where a parent was named whose trace is not recorded.
    #[inline(always)]
    pub(crate) fn enters(&self) -> bool {
        match self.origin {
            Origin::Here => self.is_on(),
            _ => self.site.number().is_some(),
        }
    }

    #[inline(always)]
    pub(super) fn begin(self, at: Stopwatch) -> Option<Running> {
        local(|local| match self.origin {
            Origin::Here => {
                let number = self.site.number()?;
                Some(Running::here(self.site, number, Some(at), local))
            }
            origin => Running::of(self.site, origin, Some(at), local),
        })
    }
}

/// The span of a call that its thread stays in to its end.
pub struct Inside {
    /// `None` where nothing is recorded, nor entered.
    frame: Option<&'static Frame>,
    not_send: PhantomData<*const ()>,
}

impl Inside {
    /// No span.
    #[inline(always)]
    pub(crate) fn nothing() -> Inside {
        Inside::of_frame(None)
    }

    /// Begins the span at that reading of the clock.
    #[inline(never)]
    pub(crate) fn begin(start: Start, at: Stopwatch) -> Inside {
        Inside::of_frame(local(|local| match start.origin {
            Origin::Here => local.begin_here(start.site, start.site.number()?, Some(at)),
            origin => {
                let running = Running::of(start.site, origin, Some(at), local)?;
                local.enter_new(&running)
            }
        }))
    }

    #[inline(always)]
    fn of_frame(frame: Option<&'static Frame>) -> Inside {
        Inside {
            frame,
            not_send: PhantomData,
        }
    }

    #[inline(always)]
    pub(crate) fn is_recorded(&self) -> bool {
        self.frame.is_some_and(Running::is_recorded_in)
    }

    #[inline(never)]
    pub(crate) fn attributes(&self, values: &[Option<Value<'_>>]) {
        record(self.running().as_ref(), values);
    }

    pub(crate) fn error(&self, what: &dyn fmt::Display) {
        fail(self.running().as_ref(), what);
    }

    /// Ends the span at that reading, and leaves it.
    #[inline(always)]
    pub(crate) fn end(&mut self, status: Status, now: Option<u64>) {
        if let Some(frame) = self.frame.take() {
            end_inside(frame, status, now);
        }
    }

    fn running(&self) -> Option<Running> {
        Some(Running::from_facts(self.frame?.facts()))
    }
}

#[inline(never)]
fn end_inside(frame: &'static Frame, status: Status, now: Option<u64>) {
    let mut first = frame.fact(FIRST);
    if status != Status::Unset {
        first = Running::first_with(first, status);
    }
    local(|local| match now {
        Some(_) => local.end(frame, first, now),
        None => {
            Running::from_facts(frame.facts()).give_back_state();
            local.leave_span(frame);
        }
    });
}

/// The span of a call that is polled.
#[derive(Debug)]
pub struct Across {
    /// `None` where nothing is recorded, nor entered, and once it has ended.
    running: Option<Running>,
    longest: u64,
}

/// A poll's stay in a span.
pub struct Stay(&'static Frame);

impl Across {
    /// No span.
    #[inline(always)]
    pub(crate) fn nothing() -> Across {
        Across {
            running: None,
            longest: 0,
        }
    }

    /// Begins the span at that reading of the clock. In place: from elsewhere it would be copied in other pieces than it was written
    /// in, which has to wait.
    #[inline(always)]
    pub(crate) fn begin(start: Start, at: Stopwatch) -> Across {
        let mut running = start.begin(at);
        if let Some(running) = &mut running {
            tell_unless_inside(running);
        }
        Across {
            running,
            longest: 0,
        }
    }

    /// A poll has not ended the span: it says that it has started, since between polls no thread tells of it.
    #[inline]
    pub(crate) fn suspend(&mut self) {
        local(|local| local.hand_out());
        if let Some(running) = self
            .running
            .as_mut()
            .filter(|running| !running.told_start())
        {
            local(|local| running.tell_start(ALL, local));
        }
    }

    #[inline(always)]
    pub(crate) fn is_recorded(&self) -> bool {
        self.running.as_ref().is_some_and(Running::is_recorded)
    }

    #[inline(never)]
    pub(crate) fn attributes(&self, values: &[Option<Value<'_>>]) {
        record(self.running.as_ref(), values);
    }

    /// Records the attributes that were kept until now.
    #[inline(never)]
    pub(crate) fn kept_attributes<const N: usize>(&self, kept: &[Option<Kept>; N]) {
        let values = std::array::from_fn::<_, N, _>(|at| kept[at].as_ref().map(Kept::value));
        record(self.running.as_ref(), &values);
    }

    pub(crate) fn error(&self, what: &dyn fmt::Display) {
        fail(self.running.as_ref(), what);
    }

    /// What a poll is in; `None` once the span has ended.
    #[inline(always)]
    pub(crate) fn context(&self) -> Option<Context> {
        self.running.as_ref().map(|running| running.context)
    }

    /// Enters the span for a poll.
    #[inline(always)]
    pub(crate) fn enter(&self) -> Option<Stay> {
        let running = self.running.as_ref()?;
        local(|local| local.enter_span(running)).map(Stay)
    }

    /// Leaves the span, and what the poll has not left inside it.
    #[inline(always)]
    pub(crate) fn leave(stay: &Stay) {
        local(|local| local.leave_poll(stay.0));
    }

    /// Takes in how long a poll was.
    #[inline(always)]
    pub(crate) fn polled(&mut self, took: u64) {
        self.longest = self.longest.max(took);
    }

    /// Ends the span at that reading.
    #[inline(never)]
    pub(crate) fn end(&mut self, status: Status, now: Option<u64>, busy: u64, count: u64) {
        if let (Some(running), Some(now)) = (&mut self.running, now) {
            if status != Status::Unset {
                running.set_status(status);
            }
            let polls = Polls {
                busy,
                count,
                longest: self.longest,
            };
            local(|local| running.end_polled(now, polls, local));
        } else if let Some(running) = &self.running {
            running.give_back_state();
        }
        self.running = None;
    }
}

/// Says that a span has started which what it is a part of may end before, and be complete without: the thread is not inside that.
#[inline(always)]
fn tell_unless_inside(running: &mut Running) {
    local(|local| {
        if !local.is_inside(running.parent()) {
            local.hand_out();
            if !running.told_start() {
                running.tell_start(ALL, local);
            }
        }
    });
}

fn record(running: Option<&Running>, values: &[Option<Value<'_>>]) {
    if let Some(running) = running.filter(|running| running.is_recorded()) {
        attributes::record_numbered(&running.context, running.site(), values);
    }
}

#[cold]
fn fail(running: Option<&Running>, what: &dyn fmt::Display) {
    if let Some(running) = running.filter(|running| running.is_recorded()) {
        attributes::record_error(&running.context, what);
    }
}

impl fmt::Debug for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inside").field(&self.running()).finish()
    }
}
