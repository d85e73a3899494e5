//! What is asynchronous goes on in a span, and can still be sent to other threads.
#![forbid(unsafe_code)]
#![deny(warnings)]

use obs::{Context, InContext, span};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{self, Waker};

async fn fetch(url: &str) -> usize {
    let length = span!("fetch", url = url).around(ready(url.len())).await;
    span!("parse").around(async { length + 1 }).await
}

fn is_sent<F: Future + Send>(future: F) -> F {
    future
}

fn poll<F: Future>(future: F) -> F::Output {
    let mut context = task::Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        task::Poll::Ready(value) => value,
        task::Poll::Pending => panic!("it does not wait"),
    }
}

fn main() {
    assert_eq!(poll(is_sent(fetch("/index"))), 7);
    assert_eq!(poll(is_sent(fetch("/").in_context(Context::current()))), 2);
    assert_eq!(poll(is_sent(fetch("/").in_current_context())), 2);
    let open = span!("open").detach();
    assert_eq!(poll(is_sent(open.around(ready(7)))), 7);
}
