//! A span that no thread is in: it is over when this is dropped.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use super::attributes;
use super::context::{Context, Entered};
use super::local::local;
use super::polled::Around;
use super::running::Running;
use super::site::ALL;
use super::status::Status;
use super::value::AttributeValue;

/// A span that no thread need be in: it can be sent to other threads, and is over when it is dropped. Where that is while the
/// thread unwinds, the span has panicked.
///
/// Made by [`Span::detach`](super::Span::detach). Operators see it while it is open.
///
/// ```
/// let open = obs::span!("connection").detach();
/// std::thread::spawn(move || {
///     let _entered = open.enter();
///     obs::span!("handshake"); // a child of `connection`
/// });
/// ```
#[must_use = "the span ends as soon as this is dropped"]
pub struct OpenSpan {
    /// Its status may be said through a shared reference.
    running: Option<Running>,
    status: AtomicU8,
}

impl OpenSpan {
    pub(super) fn new(mut running: Option<Running>) -> OpenSpan {
        if let Some(running) = running.as_mut().filter(|running| !running.is_root()) {
            // Of a root it is told already.
            local(|local| running.tell_start(ALL, local));
        }
        let status = running.map_or(Status::Unset, |running| running.status());
        OpenSpan {
            running,
            status: AtomicU8::new(status as u8),
        }
    }

    /// Whether it is recorded.
    pub fn is_recorded(&self) -> bool {
        self.recorded().is_some()
    }

    /// What to send along, so that what happens elsewhere belongs to this span.
    pub fn context(&self) -> Context {
        let running = self.running.as_ref();
        running.map_or(Context::NONE, |running| running.context)
    }

    /// Enters the span on this thread until the guard is dropped.
    pub fn enter(&self) -> Entered {
        self.context().enter()
    }

    /// Runs `f` in the span.
    pub fn scope<R>(&self, f: impl FnOnce() -> R) -> R {
        self.context().scope(f)
    }

    /// Records an attribute.
    pub fn set(&self, key: &str, value: impl AttributeValue) {
        if let Some(running) = self.recorded() {
            attributes::record(&running.context, &[(key, value.value())]);
        }
    }

    /// Says that it went well.
    pub fn ok(&self) {
        self.set_status(Status::Ok);
    }

    /// Says that it failed, and what was wrong.
    pub fn error(&self, what: impl fmt::Display) {
        if let Some(running) = self.recorded() {
            self.set_status(Status::Error);
            attributes::record_error(&running.context, &what);
        }
    }

    /// A future that is polled in the span, which lasts until the future is ready or dropped.
    pub fn around<F: Future>(mut self, future: F) -> Around<F> {
        let status = self.status();
        Around::new(
            self.running.take().map(|running| running.with(status)),
            future,
        )
    }

    fn set_status(&self, status: Status) {
        // Relaxed: who drops the span has it alone by then.
        self.status.store(status as u8, Relaxed);
    }

    fn status(&self) -> Status {
        Status::numbered(u32::from(self.status.load(Relaxed)))
    }

    fn recorded(&self) -> Option<&Running> {
        self.running
            .as_ref()
            .filter(|running| running.is_recorded())
    }
}

impl Drop for OpenSpan {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            let running = running.with(self.status()).left_by_unwinding();
            local(|local| running.end(local));
        }
    }
}

impl fmt::Debug for OpenSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenSpan").field(&self.context()).finish()
    }
}
