//! Futures that are polled in the span of a handle, which takes their polls in.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::flight::Flight;
use crate::Moment;
use crate::span::Polled;

/// Who takes in the polls of a future: nobody, or the span of a handle.
pub trait Polls: sealed::Sealed {
    #[doc(hidden)]
    fn enter(&self) -> Option<Polled>;

    #[doc(hidden)]
    fn now(&self) -> Moment;

    #[doc(hidden)]
    fn polled(&mut self, begun: Moment, ended: Moment);
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for () {}
    impl Sealed for super::InHandle<'_> {}
}

impl Polls for () {
    #[inline(always)]
    fn enter(&self) -> Option<Polled> {
        None
    }

    #[inline(always)]
    fn now(&self) -> Moment {
        Moment::now()
    }

    #[inline(always)]
    fn polled(&mut self, _: Moment, _: Moment) {}
}

/// The span of a handle.
#[derive(Debug)]
pub struct InHandle<'a>(pub(super) &'a mut Flight);

impl Polls for InHandle<'_> {
    #[inline]
    fn enter(&self) -> Option<Polled> {
        Some(self.0.context().enter_poll())
    }

    /// Of the clock that the span began with.
    #[inline]
    fn now(&self) -> Moment {
        self.0.begun().read_again()
    }

    #[inline]
    fn polled(&mut self, begun: Moment, ended: Moment) {
        self.0.span.polled(begun, ended);
    }
}

pin_project_lite::pin_project! {
    /// A future that is polled, and dropped, in the span of a handle. The span tells how often it was polled, and how long
    /// that took: what remains of its time it waited.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct During<'a, F> {
        handle: InHandle<'a>,
        #[pin]
        future: Option<F>,
    }

    impl<'a, F> PinnedDrop for During<'a, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = this.handle.enter();
            this.future.set(None);
        }
    }
}

impl<'a, F: Future> During<'a, F> {
    #[inline]
    pub(super) fn new(flight: &'a mut Flight, future: F) -> During<'a, F> {
        During {
            handle: InHandle(flight),
            future: Some(future),
        }
    }
}

impl<F: Future> Future for During<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Pending;
        };
        let entered = this.handle.enter();
        if !this.handle.0.is_recorded() {
            return future.poll(context);
        }
        let begun = this.handle.now();
        let polled = future.poll(context);
        let ended = this.handle.now();
        drop(entered);
        this.handle.polled(begun, ended);
        polled
    }
}
