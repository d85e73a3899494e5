//! What is kept of a span in the registry: one value, from when it is opened until it is closed.

use obs::recorded::bridged::Bridged;
use obs::recorded::{AttributeValue, Context};
use obs::recorded::{Origin, Site, Written};
use tracing::span::{Attributes, Record};

use super::callsite::{Callsite, Habit};
use super::fields::{self, OfSpan, Said};

/// A span of `tracing` that obs records, or that belongs to a trace that is not sampled.
#[derive(Clone, Copy)]
pub(super) struct Opened {
    bridged: Bridged,
    callsite: &'static Callsite,
}

impl Opened {
    /// Opens a span; `None` where it is switched off or nobody collects.
    pub(super) fn new(
        callsite: &'static Callsite,
        attributes: &Attributes<'_>,
        origin: Origin,
    ) -> Option<Opened> {
        let head = callsite.has_head().then(|| {
            let mut visitor = OfSpan::head(callsite);
            attributes.record(&mut visitor);
            visitor.said()
        });
        let site = head.as_ref().and_then(|head| head.site(callsite));
        let mut bridged = Bridged::start(site.unwrap_or(callsite.site()), origin)?;
        if let Some(kind) = head.and_then(|head| head.kind) {
            bridged.set_kind(kind);
        }
        let mut opened = Opened { bridged, callsite };
        if !attributes.is_empty() {
            let said = opened.read(|visitor| attributes.record(visitor));
            said.into_iter().for_each(|said| opened.take(&said));
        }
        if callsite.habit() == Habit::Again {
            opened.bridged.tell_start();
        }
        Some(opened)
    }

    /// What happens in it has this context.
    pub(super) fn context(&self) -> Context {
        self.bridged.context()
    }

    /// Takes in fields that are said later: writes attributes at once, and returns what else they say. Of a copy: fields may do
    /// anything when they are written, so that nothing may be locked meanwhile.
    pub(super) fn record(self, values: &Record<'_>) -> Option<Said> {
        self.read(|visitor| values.record(visitor))
    }

    fn read(&self, fields: impl FnOnce(&mut OfSpan<'_>)) -> Option<Said> {
        let mut attributes = self.bridged.attributes()?;
        let mut visitor = OfSpan::all(self.callsite, &mut attributes);
        fields(&mut visitor);
        let said = visitor.said();
        if let Some(name) = said.name.as_ref().and_then(AttributeValue::value)
            && said.site(self.callsite).is_none()
        {
            attributes.put_text("otel.name", &name);
        }
        attributes.finish();
        Some(said)
    }

    /// Does what fields say beside attributes.
    pub(super) fn take(&mut self, said: &Said) {
        if let Some(site) = said.site(self.callsite) {
            self.bridged.rename(site);
        }
        if let Some(kind) = said.kind {
            self.bridged.set_kind(kind);
        }
        if let Some(status) = said.status {
            self.bridged.set_status(status);
        }
        if said.has_failed {
            self.fail(said.fault.as_ref());
        }
    }

    /// Says that it failed and what was wrong, unless it was said that it went well.
    pub(super) fn fail(&mut self, fault: Option<&Written>) {
        let fault = fault.and_then(AttributeValue::value);
        self.bridged.fail(fault.as_ref());
    }

    /// A thread enters it.
    #[inline]
    pub(super) fn enter(&mut self) {
        self.bridged.enter();
        if self.bridged.stays() == 2 {
            self.callsite.learn(Habit::Again);
            self.bridged.tell_start();
        }
    }

    /// A thread leaves it.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.bridged.leave();
        // It may be entered again much later, or never.
        if self.callsite.habit() == Habit::Unknown {
            self.bridged.tell_start();
        }
    }

    /// Ends it.
    #[inline]
    pub(super) fn close(self) {
        if self.bridged.stays() <= 1 {
            self.callsite.learn(Habit::Once);
        }
        self.bridged.end();
    }
}

impl Said {
    /// The site of the name that was said.
    fn site(&self, callsite: &'static Callsite) -> Option<&'static Site> {
        callsite.named(fields::text(self.name.as_ref()?))
    }
}
