//! Spans of handles that nobody records.

use std::fmt;

use super::{Carrier, Context, Edge, Kind, Origin, Status, Value};
use crate::Moment;

/// The site of no spans.
#[derive(Debug)]
pub struct Site(());

impl Site {
    /// A site that is none.
    pub(crate) const fn of_handle(name: &str, kind: Kind, keys: &[&str]) -> Site {
        let _ = (name, kind, keys);
        Site(())
    }

    /// A site that is none.
    pub(crate) const fn of_events(name: &str, keys: &[&str]) -> Site {
        let _ = (name, keys);
        Site(())
    }
}

impl Context {
    /// Nothing has happened.
    #[inline(always)]
    pub(crate) fn event(&self, site: &'static Site, values: &[Option<Value<'_>>]) {
        let _ = (site, values);
    }
}

impl Carrier {
    /// Carries nothing.
    #[inline(always)]
    pub(crate) fn since(sent: Moment, context: Context, edge: Edge) -> Carrier {
        let _ = (sent, context, edge);
        Carrier(())
    }

    /// Takes nothing out.
    #[inline(always)]
    pub(crate) fn receive(&self) -> Moment {
        Moment::now()
    }

    /// Hangs on nothing.
    #[inline(always)]
    pub(crate) fn hanging(&self) -> Origin {
        Origin(())
    }
}

impl Origin {
    /// Nothing comes from here.
    #[expect(non_upper_case_globals, reason = "a variant, where spans are recorded")]
    pub(crate) const Here: Origin = Origin(());
}

/// When others would be told of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// When it starts, and when it ends.
    AtStart,
    /// When it ends.
    AtEnd,
}

/// A name that nobody reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name(());

impl Name {
    #[inline(always)]
    pub(crate) fn of(name: &'static str) -> Name {
        let _ = name;
        Name(())
    }

    #[inline(always)]
    pub(crate) fn value(self) -> Option<Value<'static>> {
        None
    }
}

/// The span of a handle that is none.
#[derive(Debug)]
pub(crate) struct Held(());

impl Held {
    #[inline(always)]
    pub(crate) fn nothing() -> Held {
        Held(())
    }

    #[inline(always)]
    pub(crate) fn begin(site: &'static Site, origin: Origin, at: Moment, told: Told) -> Held {
        let _ = (site, origin, at, told);
        Held(())
    }

    #[inline(always)]
    pub(crate) fn is_recorded(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn context(&self) -> Context {
        Context::NONE
    }

    #[inline(always)]
    pub(crate) fn attributes(&self, values: &[Option<Value<'_>>]) {
        let _ = values;
    }

    #[inline(always)]
    pub(crate) fn error(&mut self, what: &dyn fmt::Display) {
        let _ = what;
    }

    #[inline(always)]
    pub(crate) fn end(&mut self, status: Status, now: Moment) {
        let _ = (status, now);
    }
}
