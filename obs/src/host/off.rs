//! Futures whose time nobody takes.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

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
    pub struct Metered<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Metered<F> {
    /// The future as it is.
    pub fn call(future: F) -> Metered<F> {
        Metered { future }
    }

    /// The future as it is.
    pub fn task(future: F) -> Metered<F> {
        Metered { future }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(context)
    }
}
