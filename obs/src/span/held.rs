//! Spans of handles: no thread need be in one, and the handle that holds it reads the clock.

use std::fmt;
use std::panic::Location;

use super::attributes;
use super::called::Start;
use super::carrier::Carrier;
use super::context::Context;
use super::local::local;
use super::running::{Origin, Polls, Running};
use super::site::{ALL, Description, Site};
use super::status::{Edge, Kind, Status};
use super::value::Value;
use crate::Moment;

impl Site {
    /// The site of a handle's spans, which begin where the handle does.
    #[track_caller]
    pub(crate) const fn of_handle(
        name: &'static str,
        kind: Kind,
        keys: &'static [&'static str],
    ) -> Site {
        Site::new(described(name, kind, keys, false))
    }

    /// The site of events that handles tell of.
    #[track_caller]
    pub(crate) const fn of_events(name: &'static str, keys: &'static [&'static str]) -> Site {
        Site::new(described(name, Kind::Internal, keys, true))
    }
}

#[track_caller]
const fn described(
    name: &'static str,
    kind: Kind,
    keys: &'static [&'static str],
    is_event: bool,
) -> Description {
    let place = Location::caller();
    Description {
        name,
        keys,
        kind,
        is_event,
        file: place.file(),
        line: place.line(),
        module: "obs::host",
    }
}

impl Carrier {
    /// For a message that was sent in a context then.
    #[inline]
    pub(crate) fn since(sent: Moment, context: Context, edge: Edge) -> Carrier {
        Carrier {
            context,
            sent: sent.watch(),
            edge,
        }
    }
}

/// When others are told of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// When it starts, and when it ends: it may take long, and between polls no thread tells of it.
    AtStart,
    /// When it ends: what it is a part of is told of earlier.
    AtEnd,
}

/// A name that is recorded as an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name(&'static str);

impl Name {
    #[inline(always)]
    pub(crate) fn of(name: &'static str) -> Name {
        Name(name)
    }

    #[inline(always)]
    pub(crate) fn value(self) -> Option<Value<'static>> {
        Some(Value::Text(self.0))
    }
}

/// The span of a handle, which ends it.
pub(crate) struct Held {
    /// `None` where nothing is recorded, nor entered, and once it has ended.
    running: Option<Running>,
    polls: Polls,
}

impl Held {
    /// No span.
    #[inline]
    pub(crate) fn nothing() -> Held {
        Held {
            running: None,
            polls: Polls::default(),
        }
    }

    /// Begins a span at that reading of the clock.
    #[inline]
    pub(crate) fn begin(site: &'static Site, origin: Origin, at: Moment, told: Told) -> Held {
        let start = Start::of(site, origin);
        Held {
            running: start.enters().then(|| begin(start, at, told)).flatten(),
            polls: Polls::default(),
        }
    }

    /// Whether it is recorded.
    #[inline]
    pub(crate) fn is_recorded(&self) -> bool {
        self.recorded().is_some()
    }

    /// What is inside it: what the thread is in where there is no span.
    #[inline]
    pub(crate) fn context(&self) -> Context {
        let running = self.running.as_ref();
        running.map_or_else(Context::current, |running| running.context)
    }

    /// Records attributes by the keys of its site.
    #[inline]
    pub(crate) fn attributes(&self, values: &[Option<Value<'_>>]) {
        if let Some(running) = self.recorded() {
            attributes::record_numbered(&running.context, running.site(), values);
        }
    }

    /// Says what was wrong.
    #[cold]
    pub(crate) fn error(&mut self, what: &dyn fmt::Display) {
        if let Some(running) = &mut self.running
            && running.is_recorded()
        {
            running.set_status(Status::Error);
            attributes::record_error(&running.context, what);
        }
    }

    /// Takes in a poll.
    #[inline]
    pub(crate) fn polled(&mut self, begun: Moment, ended: Moment) {
        let ended = ended.watch().reading();
        let took = ended.saturating_sub(begun.watch().reading());
        self.polls.count += 1;
        self.polls.busy += took;
        self.polls.longest = self.polls.longest.max(took);
    }

    /// Ends it at that reading of the clock that it began with; a status that was said before holds.
    #[inline]
    pub(crate) fn end(&mut self, status: Status, now: Moment) {
        if let Some(running) = self.running.take() {
            end(running, status, now, self.polls);
        }
    }

    #[inline(always)]
    fn recorded(&self) -> Option<&Running> {
        self.running
            .as_ref()
            .filter(|running| running.is_recorded())
    }
}

#[inline(never)]
fn begin(start: Start, at: Moment, told: Told) -> Option<Running> {
    let mut running = start.begin(at.watch())?;
    local(|local| local.hand_out());
    if told == Told::AtStart && !running.is_root() {
        // Of a root it is told already.
        local(|local| running.tell_start(ALL, local));
    }
    Some(running)
}

#[inline(never)]
fn end(mut running: Running, status: Status, now: Moment, polls: Polls) {
    if status == Status::Panicked || running.status() == Status::Unset {
        running.set_status(status);
    }
    let now = now.watch().reading();
    local(|local| match polls.count {
        0 => running.end_at(now, local),
        _ => running.end_polled(now, polls, local),
    });
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Held").field(&self.context()).finish()
    }
}
