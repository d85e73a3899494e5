//! Spans that another library opens, enters, leaves and closes, wherever and whenever it likes. For bridges in obs-runtime.
//!
//! There is no guard: who bridges keeps a `Bridged` where the other library keeps what it knows of a span, and tells it what
//! happens. Nothing here allocates but `site`.

use super::attributes::{self, Writer};
use super::context::{Context, RECORDED};
use super::group::Key;
use super::local::local;
use super::running::{Origin, Polls, Running};
use super::site::{ALL, Description, Site};
use super::status::{Kind, Status};
use super::value::Value;

/// Makes a site while the program runs. It is never freed: who asks has a limit.
pub fn site(description: Description) -> &'static Site {
    Box::leak(Box::new(Site::new(description)))
}

/// A span that another library has opened and not closed.
///
/// Many threads may be in it at a time, and be in it more than once; leaving is in any order. It may be ended on any thread.
#[derive(Clone, Copy)]
pub struct Bridged {
    running: Running,
    /// What it is polls of: a stay begins when the first thread enters it, and ends when the last one leaves.
    stays: Polls,
    /// How many times threads are in it.
    inside: u32,
    /// When the stay under way began.
    entered: u64,
}

impl Bridged {
    /// Starts a span; `None` where its site is switched off or nobody collects. One of a trace that is not sampled is kept
    /// all the same, so that what is inside belongs to that trace.
    pub fn start(site: &'static Site, origin: Origin) -> Option<Bridged> {
        let running = local(|local| Running::of(site, origin, None, local))?;
        Some(Bridged {
            running,
            stays: Polls::default(),
            inside: 0,
            entered: 0,
        })
    }

    /// What happens in it has this context.
    pub fn context(&self) -> Context {
        self.running.context
    }

    /// Whether it is recorded.
    pub fn is_recorded(&self) -> bool {
        self.running.is_recorded()
    }

    /// This thread enters it.
    #[inline]
    pub fn enter(&mut self) {
        self.stays.count += 1;
        self.inside += 1;
        if self.inside == 1 && self.is_recorded() {
            self.entered = self.running.watch.read_again();
        }
        local(|local| local.enter_by_number(&self.running));
    }

    /// This thread leaves it. The span has panicked where the thread unwinds out of it.
    #[inline]
    pub fn leave(&mut self) {
        local(|local| local.leave_by_number(self.running.context.span));
        self.inside = self.inside.saturating_sub(1);
        if !self.is_recorded() {
            return;
        }
        if self.inside == 0 {
            let now = self.running.watch.read_again();
            let took = now.saturating_sub(self.entered);
            self.stays.busy += took;
            self.stays.longest = self.stays.longest.max(took);
        }
        self.running = self.running.left_by_unwinding();
    }

    /// How many times it was entered.
    pub fn stays(&self) -> u64 {
        self.stays.count
    }

    /// Says that it has started, if that has not been said: then others see it while no thread is in it.
    pub fn tell_start(&mut self) {
        if !self.running.told_start() {
            local(|local| self.running.tell_start(ALL, local));
        }
    }

    /// Gives it another name: that of a site with the same keys. Nothing changes where that is switched off.
    pub fn rename(&mut self, site: &'static Site) {
        if let (true, Some(number)) = (self.is_recorded(), site.number()) {
            self.running.set_site(number);
        }
    }

    /// Says what it is to others.
    pub fn set_kind(&mut self, kind: Kind) {
        if self.is_recorded() {
            self.running.set_kind(kind);
        }
    }

    /// Says how it went. What was said last holds.
    pub fn set_status(&mut self, status: Status) {
        if self.is_recorded() {
            self.running.set_status(status);
        }
    }

    /// Says that it failed and what was wrong, unless it was said that it went well.
    pub fn fail(&mut self, what: Option<&Value<'_>>) {
        if !self.is_recorded() || self.running.status() == Status::Ok {
            return;
        }
        if !self.running.status().is_failure() {
            self.running.set_status(Status::Error);
        }
        if let Some(what) = what {
            attributes::record_message(&self.running.context, what);
        }
    }

    /// Begins to write attributes; `None` where the span is not recorded.
    pub fn attributes(&self) -> Option<Attributes> {
        self.is_recorded().then(|| Attributes {
            writer: Writer::of_span(&self.running.context, self.running.site()),
            is_due: false,
        })
    }

    /// Ends it now. It was polled if it was entered more than once.
    pub fn end(mut self) {
        local(|local| {
            if self.stays.count > 1 {
                let now = self.running.watch.read_again();
                self.running.end_polled(now, self.stays, local);
            } else {
                self.running.end(local);
            }
        });
    }
}

/// Attributes that are written one after another. Written whole, they are recorded by [`finish`](Attributes::finish).
#[must_use = "attributes are recorded when they are finished"]
pub struct Attributes {
    writer: Writer,
    /// Whether there is something to record.
    is_due: bool,
}

impl Attributes {
    /// Those of an event that happens now, of the span of a context; `None` where it is not recorded or the site is switched off.
    pub fn of_event(context: &Context, site: &'static Site) -> Option<Attributes> {
        if context.flags() & RECORDED == 0 {
            return None;
        }
        let writer = Writer::of_event(context, site.number()?);
        Some(Attributes {
            writer,
            is_due: true,
        })
    }

    /// Writes one more: of the site's key of that number, which is `key`.
    #[inline]
    pub fn put(&mut self, number: usize, key: &str, value: &Value<'_>) {
        self.is_due = true;
        let key = u8::try_from(number).map_or(Key::Text(key), Key::Number);
        self.writer.put(key, value);
    }

    /// Writes one more, of a key that the site may not have.
    pub fn put_text(&mut self, key: &str, value: &Value<'_>) {
        self.is_due = true;
        self.writer.put(Key::Text(key), value);
    }

    /// Records them.
    pub fn finish(self) {
        if self.is_due {
            self.writer.finish();
        }
    }
}
