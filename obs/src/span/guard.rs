//! A span that a thread is in: it is over when this is dropped.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

use super::attributes;
use super::context::{self, Context};
use super::local::local;
use super::open::OpenSpan;
use super::polled::Around;
use super::running::{FIRST, Origin, Running};
use super::site::Site;
use super::status::Status;
use super::value::{AttributeValue, Value};
use crate::record::frame::Frame;

/// A span that this thread is in until it is dropped.
///
/// Made by [`span!`](crate::span!). Spans, events and attributes that the thread records meanwhile belong to it. It cannot be
/// sent to another thread, nor held over an `.await`: see [`around`](Span::around) and [`detach`](Span::detach). Where it is
/// dropped while the thread unwinds, the span has panicked.
#[must_use = "the span ends as soon as the guard is dropped"]
pub struct Span {
    /// `None` where nothing is recorded, nor entered.
    frame: Option<&'static Frame>,
    not_send: PhantomData<*const ()>,
}

impl Span {
    /// Starts a span of what the thread is in; for the macro.
    #[doc(hidden)]
    #[inline(always)]
    pub fn here(site: &'static Site) -> Span {
        // What decides that nothing is to be done is all there is at the place itself.
        if let Some(number) = site.number()
            && local(|local| local.flags()) & context::UNRECORDED == 0
        {
            return begin(site, number);
        }
        Span::of_frame(None)
    }

    /// Starts a span of that origin; for the macro.
    #[doc(hidden)]
    pub fn of(site: &'static Site, origin: Origin) -> Span {
        Span::of_frame(local(|local| {
            let running = Running::of(site, origin, None, local)?;
            local.enter_new(&running)
        }))
    }

    #[inline(always)]
    fn of_frame(frame: Option<&'static Frame>) -> Span {
        Span {
            frame,
            not_send: PhantomData,
        }
    }

    /// Whether it is recorded: not where it is switched off, or of a trace that is not sampled.
    #[inline(always)]
    pub fn is_recorded(&self) -> bool {
        self.frame.is_some_and(Running::is_recorded_in)
    }

    /// Records the attributes that its site has keys for; for the macro.
    #[doc(hidden)]
    #[inline(never)]
    pub fn attributes(&self, values: &[Option<Value<'_>>]) {
        if let Some((_, running)) = self.recorded() {
            attributes::record_numbered(&running.context, running.site(), values);
        }
    }

    /// What to send along, so that what happens elsewhere belongs to this span.
    pub fn context(&self) -> Context {
        let Some(frame) = self.frame else {
            return Context::current();
        };
        local(|local| local.hand_out());
        running(frame).context
    }

    /// Records an attribute.
    pub fn set(&self, key: &str, value: impl AttributeValue) {
        if let Some((_, running)) = self.recorded() {
            attributes::record(&running.context, &[(key, value.value())]);
        }
    }

    /// Says that it went well. Otherwise nobody knows, unless it fails.
    pub fn ok(&self) {
        self.set_status(Status::Ok);
    }

    /// Says that it failed, and what was wrong.
    pub fn error(&self, what: impl fmt::Display) {
        self.set_status(Status::Error);
        if let Some((_, running)) = self.recorded() {
            attributes::record_error(&running.context, &what);
        }
    }

    /// Says that it has to do with another span.
    pub fn link(&self, other: Context) {
        if self.is_recorded() {
            self.context().link(other);
        }
    }

    /// Keeps the whole trace, whatever the policies say.
    pub fn keep_trace(&self) {
        if self.is_recorded() {
            self.context().keep_trace();
        }
    }

    /// Leaves the span without ending it: it ends with the result, which can be sent to other threads.
    pub fn detach(mut self) -> OpenSpan {
        OpenSpan::new(self.frame.take().map(|frame| {
            local(|local| local.hand_out());
            let running = running(frame);
            local(|local| local.leave_span(frame));
            running
        }))
    }

    /// A future that is polled in the span, which lasts until the future is ready or dropped.
    ///
    /// The time until the first poll counts.
    ///
    /// ```
    /// # async fn fetch(_: &str) {}
    /// # async fn run() {
    /// obs::span!("fetch", url = "/").around(fetch("/")).await;
    /// # }
    /// ```
    pub fn around<F: Future>(self, future: F) -> Around<F> {
        self.detach().around(future)
    }

    fn set_status(&self, status: Status) {
        if let Some((frame, mut running)) = self.recorded() {
            running.set_status(status);
            frame.set_fact(FIRST, running.facts()[FIRST]);
        }
    }

    #[inline(always)]
    fn recorded(&self) -> Option<(&'static Frame, Running)> {
        let frame = self.frame?;
        let running = running(frame);
        running.is_recorded().then_some((frame, running))
    }
}

#[inline(always)]
fn running(frame: &'static Frame) -> Running {
    Running::from_facts(frame.facts())
}

#[inline(never)]
fn begin(site: &'static Site, number: u32) -> Span {
    Span::of_frame(local(|local| local.begin_here(site, number, None)))
}

#[inline(never)]
fn end(frame: &'static Frame) {
    if std::thread::panicking() {
        return end_unwinding(frame);
    }
    local(|local| local.end(frame, frame.fact(FIRST), None));
}

#[cold]
#[inline(never)]
fn end_unwinding(frame: &'static Frame) {
    local(|local| {
        frame.set_fact(FIRST, local.first_at_end(frame, frame.fact(FIRST)));
        running(frame).left_by_unwinding().end(local);
        local.leave_span(frame);
    });
}

impl Drop for Span {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(frame) = self.frame {
            end(frame);
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Span").field(&self.context()).finish()
    }
}
