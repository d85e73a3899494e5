//! Something that has begun and not ended: since when, which span it is, and how it ends if nobody says so.

use std::fmt;

use super::metered;
use crate::span::{Held, Origin, Site, Told, Value};
use crate::{Context, HistogramSeries, LabelValue, Moment, Status};

/// What a handle knows of the thing it stands for.
#[derive(Debug)]
pub(super) struct Flight {
    begun: Moment,
    pub(super) span: Held,
    /// Whether the thread was unwinding already: then this belongs to a destructor, which no panic of its own has ended.
    unwinding: bool,
    over: bool,
}

/// How something ended of which nobody said how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsaid {
    /// The thread unwinds through it.
    Panicked,
    /// It was let go: an early return, a dropped future.
    Dropped,
}

impl Flight {
    /// Something that begins now, as a span of what the thread is in, of which others are told when it is over.
    #[inline]
    pub(super) fn start(site: &'static Site) -> Flight {
        Flight::since(Moment::now(), site, Origin::Here, Told::AtEnd)
    }

    /// The same, of which others are told now.
    #[inline]
    pub(super) fn shown(site: &'static Site) -> Flight {
        Flight::since(Moment::now(), site, Origin::Here, Told::AtStart)
    }

    /// Something that began when the clock was read.
    #[inline]
    pub(super) fn since(begun: Moment, site: &'static Site, origin: Origin, told: Told) -> Flight {
        Flight {
            begun,
            span: Held::begin(site, origin, begun, told),
            unwinding: metered::unwinding(),
            over: false,
        }
    }

    /// Something that begins then, and that is no span.
    #[inline]
    pub(super) fn unseen(begun: Moment) -> Flight {
        Flight {
            begun,
            span: Held::nothing(),
            unwinding: metered::unwinding(),
            over: false,
        }
    }

    #[inline]
    pub(super) fn begun(&self) -> Moment {
        self.begun
    }

    /// What happens inside it.
    #[inline]
    pub(super) fn context(&self) -> Context {
        self.span.context()
    }

    /// Whether the span that it is is recorded.
    #[inline]
    pub(super) fn is_recorded(&self) -> bool {
        self.span.is_recorded()
    }

    /// Records attributes by the keys of its site.
    #[inline]
    pub(super) fn attributes(&self, values: &[Option<Value<'_>>]) {
        self.span.attributes(values);
    }

    /// Says what was wrong.
    pub(super) fn error(&mut self, what: &dyn fmt::Display) {
        self.span.error(what);
    }

    /// Says that it has ended well, or that nobody knows; returns when: the only reading of the clock.
    #[inline]
    pub(super) fn land(&mut self) -> Moment {
        self.land_as(Status::Unset)
    }

    /// Says that it has ended so: an outcome that is no success is what was wrong.
    #[inline]
    pub(super) fn land_with<O: LabelValue>(&mut self, outcome: O, success: bool) -> Moment {
        if !success {
            self.span.error(&O::VALUES[outcome.index()]);
        }
        self.land()
    }

    #[inline]
    pub(super) fn land_as(&mut self, status: Status) -> Moment {
        self.over = true;
        let now = self.begun.read_again();
        self.span.end(status, now);
        now
    }

    /// How it ended if nobody has said so; `None` if somebody has.
    #[inline]
    fn unsaid(&self) -> Option<Unsaid> {
        if self.over {
            None
        } else if metered::unwinding() && !self.unwinding {
            Some(Unsaid::Panicked)
        } else {
            Some(Unsaid::Dropped)
        }
    }

    /// Ends what is over when its handle is dropped; returns when.
    #[inline]
    pub(super) fn let_go(&mut self) -> Moment {
        self.land_as(match self.unsaid() {
            Some(Unsaid::Panicked) => Status::Panicked,
            _ => Status::Unset,
        })
    }

    /// Ends it if nobody has said so: let go, it was given up. Returns how it ended, and when.
    #[inline]
    pub(super) fn crash(&mut self) -> Option<(Unsaid, Moment)> {
        self.end_unsaid(Status::Cancelled)
    }

    /// Ends it if nobody has said so: let go, it has failed. Returns when.
    #[inline]
    pub(super) fn fail(&mut self) -> Option<Moment> {
        Some(self.end_unsaid(Status::Error)?.1)
    }

    fn end_unsaid(&mut self, dropped: Status) -> Option<(Unsaid, Moment)> {
        let unsaid = self.unsaid()?;
        let status = match unsaid {
            Unsaid::Panicked => Status::Panicked,
            Unsaid::Dropped => dropped,
        };
        Some((unsaid, self.land_as(status)))
    }
}

/// Something whose time a histogram is told, and that is a span, until this is dropped.
#[derive(Debug)]
#[must_use = "it is over as soon as this is dropped"]
pub struct Timed {
    flight: Flight,
    series: HistogramSeries,
}

impl Timed {
    /// Something that begins now.
    #[inline]
    pub(super) fn start(site: &'static Site, series: HistogramSeries) -> Timed {
        Timed {
            flight: Flight::shown(site),
            series,
        }
    }

    /// What happens meanwhile: see [`in_context`](crate::InContext::in_context).
    #[inline]
    pub fn context(&self) -> Context {
        self.flight.context()
    }
}

impl Drop for Timed {
    #[inline]
    fn drop(&mut self) {
        let ended = self.flight.let_go();
        self.series.observe(self.flight.begun().until(ended));
    }
}
