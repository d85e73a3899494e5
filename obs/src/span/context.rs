//! Which span something happens in: a small value that travels wherever the work goes.

use std::fmt;
use std::marker::PhantomData;

use super::attributes;
use super::local::{self, Stay, local};
use super::site::Site;
use super::value::{AttributeValue, Value};

/// Which span of which trace something happens in.
///
/// A small `Copy` value: send it along with a message, keep it in a store, hand it to another thread. What is recorded with
/// it belongs to that span.
///
/// ```
/// use obs::{Context, span};
///
/// let _request = span!("request");
/// let context = Context::current();
/// std::thread::spawn(move || context.scope(|| drop(span!("elsewhere")))); // a child of `request`
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context {
    /// The two halves of the trace id, the first bytes first; 0 in no trace.
    pub(crate) trace: [u64; 2],
    /// The number of the span, or, from outside, its id.
    pub(crate) span: u64,
    /// Flags, and above them the component that the span runs in, as in records. One word: what is written in one size and
    /// read in another waits for the store to reach the cache.
    pub(crate) marks: u64,
}

/// Spans in it are recorded.
pub(crate) const RECORDED: u32 = 1;
/// The span is of another process: its number is its id.
pub(crate) const REMOTE: u32 = 4;
/// A `tracestate` came with it.
pub(crate) const STATE: u32 = 8;
/// The trace id is random, as W3C's level 2 wants it.
pub(crate) const RANDOM: u32 = 16;
/// It is in a trace of which nothing is recorded.
pub(crate) const UNRECORDED: u32 = 32;

impl Context {
    /// The context of what happens in no span.
    pub const NONE: Context = Context {
        trace: [0; 2],
        span: 0,
        marks: 0,
    };

    /// What this thread is in.
    #[inline]
    pub fn current() -> Context {
        local(|local| local.context())
    }

    /// Enters the context on this thread until the guard is dropped. Never hold it over an `.await`.
    ///
    /// Guards, and those of spans, may be dropped in any order: the thread is in what was entered last and not left yet.
    pub fn enter(self) -> Entered {
        Entered {
            stay: local(|local| local.enter(&self)),
            not_send: PhantomData,
        }
    }

    /// Runs `f` in the context. What `f` has entered and not left is left with it.
    pub fn scope<R>(self, f: impl FnOnce() -> R) -> R {
        let _polled = self.enter_poll();
        f()
    }

    /// Enters the context for a poll.
    #[inline]
    pub(crate) fn enter_poll(self) -> Polled {
        Polled {
            stay: local(|local| local.enter(&self)),
            not_send: PhantomData,
        }
    }

    #[inline(always)]
    pub(crate) fn flags(&self) -> u32 {
        self.marks as u32
    }

    /// Whether it is in a trace.
    pub fn is_some(&self) -> bool {
        self.trace != [0; 2]
    }

    /// Whether what happens in it is recorded: the trace is sampled.
    pub fn is_recorded(&self) -> bool {
        self.flags() & RECORDED != 0
    }

    /// The id of the trace; 0 in none.
    pub fn trace_id(&self) -> u128 {
        u128::from(self.trace[0]) << 64 | u128::from(self.trace[1])
    }

    /// The id of the span, as other processes see it; 0 in none.
    pub fn span_id(&self) -> u64 {
        if self.is_some() { self.outside_id() } else { 0 }
    }

    pub(super) fn outside_id(&self) -> u64 {
        if self.flags() & REMOTE != 0 {
            self.span
        } else {
            local::outside(self.span)
        }
    }

    /// Records an attribute of the span.
    pub fn set(&self, key: &str, value: impl AttributeValue) {
        if self.is_recorded() {
            attributes::record(self, &[(key, value.value())]);
        }
    }

    /// Says that the span failed, and what was wrong.
    pub fn error(&self, what: impl fmt::Display) {
        if self.is_recorded() {
            attributes::record_error(self, &what);
        }
    }

    /// Says that the span has to do with another.
    pub fn link(&self, other: Context) {
        attributes::record_link(self, &other);
    }

    /// Keeps the whole trace, whatever the policies say.
    pub fn keep_trace(&self) {
        attributes::record_force(self);
    }

    /// Whether what happens on this thread is recorded; for the macro.
    #[doc(hidden)]
    #[inline]
    pub fn is_recorded_here() -> bool {
        local(|local| local.flags()) & RECORDED != 0
    }

    /// Records an event of what this thread is in; for the macro.
    #[doc(hidden)]
    pub fn event_here(site: &'static Site, values: &[Option<Value<'_>>]) {
        let context = local(|local| local.here());
        if context.is_recorded() {
            context.event(site, values);
        }
    }

    /// Records an event of the span; for the macro.
    #[doc(hidden)]
    pub fn event(&self, site: &'static Site, values: &[Option<Value<'_>>]) {
        attributes::record_event(self, site, values);
    }
}

/// A thread's stay in a context; ends when dropped.
#[must_use = "the context is left again as soon as the guard is dropped"]
pub struct Entered {
    stay: Stay,
    not_send: PhantomData<*const ()>,
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        local(|local| local.leave(&self.stay));
    }
}

/// A thread's stay in a context for a poll, or a call; what was entered meanwhile and not left is left with it.
#[must_use = "the context is left again as soon as the guard is dropped"]
pub struct Polled {
    stay: Stay,
    not_send: PhantomData<*const ()>,
}

impl Drop for Polled {
    #[inline]
    fn drop(&mut self) {
        local(|local| local.leave_with_all(&self.stay));
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}

impl fmt::Debug for Polled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Polled").finish_non_exhaustive()
    }
}
