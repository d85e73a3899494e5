//! Futures in spans: the thread is in the span during each poll, and only then.

use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};

use super::context::Context;
use super::local::local;
use super::running::{Polls, Running};
use super::status::Status;
use crate::record::frame::Frame;

pin_project_lite::pin_project! {
    /// A future with its span, which ends when the future is ready, unwinds or is dropped.
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Around<F> {
        watched: Watched,
        // Gone once dropped: the destructors of a cancelled future run inside the span.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Around<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _polled = this.watched.context().map(Context::enter_poll);
            // A cancelled span ends before what it held is dropped.
            this.watched.end(Status::Cancelled);
            this.future.set(None);
        }
    }
}

impl<F> Around<F> {
    pub(super) fn new(running: Option<Running>, future: F) -> Around<F> {
        Around {
            watched: Watched::new(running),
            future: Some(future),
        }
    }
}

impl<F: Future> Future for Around<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Pending;
        };
        let mut polling = this.watched.poll();
        let polled = future.poll(context);
        polling.returned(polled.is_ready());
        polled
    }
}

/// A span that is polled.
pub(crate) struct Watched {
    running: Option<Running>,
    polls: Polls,
}

impl Watched {
    pub(crate) fn new(running: Option<Running>) -> Watched {
        Watched {
            running,
            polls: Polls::default(),
        }
    }

    /// What a poll is in; `None` once the span has ended.
    pub(crate) fn context(&self) -> Option<Context> {
        self.running.as_ref().map(|running| running.context)
    }

    /// Starts a poll.
    #[inline]
    pub(crate) fn poll(&mut self) -> Polling<'_> {
        let running = self.running.as_ref();
        let entered = running.map(|running| {
            let frame = local(|local| local.enter_span(running));
            (frame, running.watch.read_again())
        });
        Polling {
            watched: self,
            entered,
            returned: false,
        }
    }

    /// Ends the span now, if it has not ended, with this status unless it has one.
    #[inline]
    pub(crate) fn end(&mut self, status: Status) {
        if let Some(running) = self.running.take() {
            let now = running.watch.read_again();
            self.end_at(running, status, now);
        }
    }

    fn end_at(&self, mut running: Running, status: Status, now: u64) {
        if status == Status::Panicked || running.status() == Status::Unset {
            running.set_status(status);
        }
        local(|local| running.end_polled(now, self.polls, local));
    }
}

/// One poll. The span has panicked if it does not return: an executor may drop the future long after it has caught that.
pub(crate) struct Polling<'a> {
    watched: &'a mut Watched,
    /// Where the thread keeps the span meanwhile, if it can, and when the poll began.
    entered: Option<(Option<&'static Frame>, u64)>,
    returned: bool,
}

impl Polling<'_> {
    /// The poll has returned; the span ends with it if the future is ready.
    #[inline]
    pub(crate) fn returned(&mut self, ready: bool) {
        self.returned = true;
        self.over(ready.then_some(Status::Unset));
    }

    /// Ends the poll, and the span with that status.
    #[inline]
    fn over(&mut self, status: Option<Status>) {
        let Some((frame, start)) = self.entered.take() else {
            return;
        };
        let Watched { running, polls } = self.watched;
        let Some(now) = running.map(|running| running.watch.read_again()) else {
            return;
        };
        let took = now.saturating_sub(start);
        polls.count += 1;
        polls.busy += took;
        polls.longest = polls.longest.max(took);
        if let Some(frame) = frame {
            local(|local| local.leave_poll(frame));
        }
        if let Some(status) = status
            && let Some(running) = self.watched.running.take()
        {
            self.watched.end_at(running, status, now);
        }
    }
}

impl Drop for Polling<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.returned {
            self.over(Some(Status::Panicked));
        }
    }
}

/// Futures that run in the context of a span.
pub trait InContext: Future + Sized {
    /// Enters the context at each poll.
    fn in_context(self, context: Context) -> WithContext<Self> {
        WithContext {
            context,
            future: Some(self),
        }
    }

    /// Enters at each poll what the caller is in now: for what is spawned.
    fn in_current_context(self) -> WithContext<Self> {
        self.in_context(Context::current())
    }
}

impl<F: Future> InContext for F {}

pin_project_lite::pin_project! {
    /// A future that is polled, and dropped, in a context.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct WithContext<F> {
        context: Context,
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for WithContext<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _polled = this.context.enter_poll();
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for WithContext<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _polled = this.context.enter_poll();
        match this.future.as_pin_mut() {
            Some(future) => future.poll(context),
            None => Poll::Pending,
        }
    }
}
