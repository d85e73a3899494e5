//! Futures whose time nobody takes.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::flight::Flight;

/// Nobody asks.
#[inline(always)]
pub(super) fn spent_in_host(took: Duration) {
    let _ = took;
}

/// Nobody asks how anything ended.
#[inline(always)]
pub(super) fn unwinding() -> bool {
    false
}

pin_project_lite::pin_project! {
    /// The future itself.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Metered<F, S = ()> {
        #[pin]
        future: F,
        span: PhantomData<S>,
    }
}

impl<F: Future> Metered<F> {
    /// The future as it is.
    pub fn call(future: F) -> Metered<F> {
        Metered {
            future,
            span: PhantomData,
        }
    }

    /// The future as it is.
    pub fn task(future: F) -> Metered<F> {
        Metered {
            future,
            span: PhantomData,
        }
    }
}

impl<'a, F: Future> Metered<F, InHandle<'a>> {
    /// The future as it is.
    pub(super) fn call_in(flight: &'a mut Flight, future: F) -> Metered<F, InHandle<'a>> {
        let _ = flight;
        Metered {
            future,
            span: PhantomData,
        }
    }
}

impl<F: Future, S> Future for Metered<F, S> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(context)
    }
}

/// The span of a handle that is none.
#[derive(Debug)]
pub struct InHandle<'a>(PhantomData<&'a ()>);

pin_project_lite::pin_project! {
    /// The future itself.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct During<'a, F> {
        #[pin]
        future: F,
        handle: PhantomData<&'a ()>,
    }
}

impl<'a, F: Future> During<'a, F> {
    #[inline(always)]
    pub(super) fn new(flight: &'a mut Flight, future: F) -> During<'a, F> {
        let _ = flight;
        During {
            future,
            handle: PhantomData,
        }
    }
}

impl<F: Future> Future for During<'_, F> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(context)
    }
}
