//! Guards that are leaked, or dropped in another order than they came.

use std::future::Future;
use std::pin::pin;
use std::task::{self, Waker};

use obs::{Context, Span, Status, instrumented, span};
use tokio::task::yield_now;

use crate::seen::{Watching, named};

#[instrumented(span("gives"))]
fn gives() -> Span {
    span!("given")
}

#[test]
fn a_guard_may_outlive_the_function_that_made_it() {
    let mut watching = Watching::begin();
    let given = gives();
    assert_eq!(Context::current(), given.context());
    drop(span!("during"));
    drop(given);
    assert!(!Context::current().is_some());
    drop(span!("behind"));
    let seen = watching.seen();
    let (gives, given) = (named(&seen, "gives"), named(&seen, "given"));
    assert_eq!((given.parent, gives.parent), (gives.span, 0));
    assert_eq!(named(&seen, "during").parent, given.span);
    assert_eq!(named(&seen, "behind").parent, 0);
    assert!(gives.end <= given.end);
}

#[test]
fn guards_dropped_in_the_order_they_came_leave_the_thread_outside() {
    let mut watching = Watching::begin();
    let guards = [span!("1"), span!("2"), span!("3")];
    for guard in guards {
        drop(guard);
        drop(span!("between"));
    }
    assert!(!Context::current().is_some());
    let seen = watching.seen();
    let of = |name: &str| named(&seen, name);
    assert_eq!(
        (of("2").parent, of("3").parent),
        (of("1").span, of("2").span)
    );
    let between = seen.iter().filter(|span| span.name == "between");
    let parents: Vec<u64> = between.map(|span| span.parent).collect();
    assert_eq!(parents, [of("3").span, of("3").span, 0]);
}

#[instrumented(span("leaks"))]
async fn leaks() -> Result<(), &'static str> {
    for _ in 0..2 {
        std::mem::forget(span!("leaked"));
        drop(span!("in.leaked"));
        yield_now().await;
        drop(span!("next.poll"));
    }
    std::mem::forget(span!("leaked.last"));
    Err("refused")
}

#[test]
fn a_guard_that_a_poll_leaks_is_left_with_the_poll() {
    let mut watching = Watching::begin();
    let _outer = span!("outer");
    let outside = Context::current();
    let mut future = pin!(leaks());
    let mut context = task::Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut context).is_pending() {
        assert_eq!(Context::current(), outside);
    }
    assert_eq!(Context::current(), outside);
    let seen = watching.seen();
    let leaks = named(&seen, "leaks");
    let parents = |name: &str| {
        let spans = seen.iter().filter(move |span| span.name == name);
        spans.map(|span| span.parent).collect::<Vec<u64>>()
    };
    assert_eq!(parents("next.poll"), [leaks.span, leaks.span]);
    assert!(parents("leaked").is_empty(), "nobody has ended it");
    assert!(!parents("in.leaked").contains(&leaks.span));
    let message = leaks.message.as_deref();
    assert_eq!((leaks.status, message), (Status::Error, Some("refused")));
}

#[instrumented(span("leaks.at.once"))]
fn leaks_at_once() -> Result<(), &'static str> {
    std::mem::forget(span!("leaked"));
    Err("refused")
}

#[test]
fn a_call_ends_with_its_own_message_though_it_leaks_a_guard() {
    let mut watching = Watching::begin();
    assert!(leaks_at_once().is_err());
    let span = watching.one("leaks.at.once");
    let message = span.message.as_deref();
    assert_eq!((span.status, message), (Status::Error, Some("refused")));
}

#[test]
fn a_context_that_outlives_the_span_it_was_entered_in_is_left_with_it() {
    let _watching = Watching::begin();
    let other = span!("disorder.other", root).context();
    for _ in 0..3 {
        let around = span!("disorder.around", root);
        let entered = other.enter();
        drop(around);
        drop(entered);
        assert!(!Context::current().is_some(), "the thread is in nothing");
    }
    let next = span!("disorder.next");
    assert!(next.context().trace_id() != other.trace_id());
    drop(next);
    assert!(!Context::current().is_some());
}
