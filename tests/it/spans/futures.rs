//! Instrumented futures that are spans, from the first poll to the last.

use std::cell::Cell;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{self, Poll, Waker};

use obs::collector::spans::What;
use obs::{Component, Context, InContext, Status, event, instrumented, span};
use tokio::task::yield_now;

use crate::seen::{Watching, named};

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut task::Context::from_waker(Waker::noop()))
}

/// Polls to the end, which comes after so many polls at most.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    for _ in 0..100 {
        if let Poll::Ready(value) = poll(future.as_mut()) {
            return value;
        }
    }
    panic!("it waits");
}

#[derive(Debug, Clone, Copy)]
enum End {
    Ok,
    Err,
    Panic,
    Never,
}

async fn reach(end: End) -> Result<u8, String> {
    yield_now().await;
    yield_now().await;
    match end {
        End::Ok => Ok(7),
        End::Err => Err("it was refused".to_owned()),
        End::Panic => panic!("on purpose"),
        End::Never => pending().await,
    }
}

#[instrumented(span)]
async fn of_async_fn(end: End) -> Result<u8, String> {
    reach(end).await
}

#[instrumented(span)]
fn of_returned(end: End) -> impl Future<Output = Result<u8, String>> {
    reach(end)
}

#[instrumented(span)]
fn of_boxed(end: End) -> Pin<Box<dyn Future<Output = Result<u8, String>>>> {
    Box::pin(reach(end))
}

type Made = Pin<Box<dyn Future<Output = Result<u8, String>>>>;
type Make = fn(End) -> Made;

#[test]
fn a_future_is_a_span_that_ends_as_its_call_does() {
    let mut watching = Watching::begin();
    let made: [(&str, Make); 3] = [
        ("of_async_fn", |end| Box::pin(of_async_fn(end))),
        ("of_returned", |end| Box::pin(of_returned(end))),
        ("of_boxed", of_boxed),
    ];
    for (name, make) in made {
        for (end, status, message) in [
            (End::Ok, Status::Unset, None),
            (End::Err, Status::Error, Some("it was refused".to_owned())),
            (End::Panic, Status::Panicked, None),
            (End::Never, Status::Cancelled, None),
        ] {
            let mut future = make(end);
            for _ in 0..3 {
                let _ = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()).is_ready()));
                assert!(!Context::current().is_some(), "{name} {end:?}");
            }
            drop(future);
            let span = watching.one(&format!("spans::futures::{name}"));
            assert_eq!((span.status, span.message), (status, message), "{name}");
            assert!(span.told, "it could be seen meanwhile");
            let polled = span.polled.expect("it is polled");
            assert_eq!(polled.count, 3, "{name} {end:?}");
            assert!(polled.longest <= polled.busy && polled.busy <= span.end.at - span.start.at);
        }
    }
}

#[test]
fn a_future_that_is_never_polled_is_no_span() {
    let mut watching = Watching::begin();
    drop((of_async_fn(End::Ok), of_returned(End::Ok)));
    drop(of_boxed(End::Ok));
    assert_eq!(watching.seen(), []);
}

#[instrumented(span)]
async fn one_poll() {}

#[test]
fn one_poll_is_the_whole_span() {
    let mut watching = Watching::begin();
    {
        let _around = span!("around");
        run(one_poll());
    }
    let span = watching.one("spans::futures::one_poll");
    let polled = span.polled.expect("it is polled");
    assert_eq!(polled.count, 1);
    let whole = span.end.at - span.start.at;
    assert_eq!((polled.busy, polled.longest), (whole, whole));
    assert!(!span.told, "its thread was in it all the while");
}

#[test]
fn what_a_cancelled_future_held_is_dropped_inside_its_span() {
    struct Says;
    impl Drop for Says {
        fn drop(&mut self) {
            drop(span!("said.last"));
        }
    }
    #[instrumented(span("cancelled"))]
    async fn cancelled() {
        let _says = Says;
        pending().await
    }
    let mut watching = Watching::begin();
    {
        let mut future = pin!(cancelled());
        assert!(poll(future.as_mut()).is_pending());
    }
    let seen = watching.seen();
    let (cancelled, last) = (named(&seen, "cancelled"), named(&seen, "said.last"));
    assert_eq!(cancelled.status, Status::Cancelled);
    assert_eq!(last.parent, cancelled.span);
    assert!(last.start >= cancelled.end);
    assert!(!Context::current().is_some());
}

#[test]
fn a_span_is_open_between_polls_and_its_component_is_its_own() {
    #[instrumented(span("waits"), component = component)]
    async fn waits(component: Component) {
        let _ = component;
        event!("before");
        yield_now().await;
        event!("after");
    }
    let mut watching = Watching::begin();
    let mut future = pin!(waits(Component::register("spans/futures")));
    assert!(poll(future.as_mut()).is_pending());
    let mut told = Vec::new();
    watching.spans.drain(|record| {
        if record.what() == What::Start {
            told.push(record.span());
        }
    });
    let [begun] = told[..] else {
        panic!("one has begun: {told:?}")
    };
    // Threads of other tests of this process may be in spans of their own.
    let open = watching.spans.open();
    let is_in_it = open.iter().any(|open| open.record().span() == begun);
    assert!(!is_in_it, "no thread is in it");
    assert!(poll(future.as_mut()).is_ready());
    let span = watching.one("waits");
    assert_eq!(span.component.as_deref(), Some("spans/futures"));
    assert_eq!(span.events, ["after"]);
}

#[test]
fn a_future_may_end_on_another_thread() {
    #[instrumented(span("travels"))]
    async fn travels(_not_sync: Cell<u8>) -> Context {
        let began = Context::current();
        yield_now().await;
        assert_eq!(Context::current(), began);
        began
    }
    let mut watching = Watching::begin();
    let mut future = Box::pin(travels(Cell::new(7)));
    assert!(poll(future.as_mut()).is_pending());
    let elsewhere = std::thread::spawn(move || run(future));
    let context = elsewhere.join().expect("it ends");
    let span = watching.one("travels");
    assert_eq!(context.span_id(), obs::collector::spans::outside(span.span));
    assert_eq!(span.polled.expect("it is polled").count, 2);
}

const LARGE: usize = 1_024;

async fn bare(bytes: [u8; LARGE]) -> Result<u8, u8> {
    yield_now().await;
    Ok(bytes[7])
}

#[instrumented(span("large"), busy, polls)]
async fn large(bytes: [u8; LARGE]) -> Result<u8, u8> {
    yield_now().await;
    Ok(bytes[7])
}

#[test]
fn a_future_with_a_span_is_at_most_136_bytes_larger() {
    let bytes = [0; LARGE];
    let (with, without) = (size_of_val(&large(bytes)), size_of_val(&bare(bytes)));
    assert!(with <= without + 136, "{with} against {without}");
}

#[test]
fn what_a_trace_may_end_before_says_that_it_has_started() {
    let mut watching = Watching::begin();
    let elsewhere = {
        let _root = span!("around");
        one_poll().in_current_context()
    };
    run(elsewhere);
    let seen = watching.seen();
    let span = named(&seen, "spans::futures::one_poll");
    assert!(span.told, "its trace waits for it");
    assert_eq!(span.polled.expect("it is polled").count, 1);
}
