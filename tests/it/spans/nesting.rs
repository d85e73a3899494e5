//! Who is whose parent.

use std::future::Future;
use std::pin::pin;
use std::task::{self, Poll, Waker};

use obs::{Carrier, Component, Context, Edge, instrumented, span};
use tokio::task::yield_now;

use crate::seen::{Seen, Watching, named};

#[instrumented(span)]
fn outer() {
    middle();
    drop(span!("by hand"));
}

#[instrumented(span)]
fn middle() -> u8 {
    inner();
    inner()
}

#[instrumented(span)]
fn inner() -> u8 {
    7
}

#[test]
fn functions_are_parts_of_those_that_call_them() {
    let mut watching = Watching::begin();
    outer();
    let seen = watching.seen();
    let of = |name: &str| named(&seen, &format!("spans::nesting::{name}"));
    assert_eq!((of("outer").parent, of("outer").told), (0, true));
    assert_eq!(
        (of("middle").parent, of("middle").told),
        (of("outer").span, false)
    );
    assert_eq!(named(&seen, "by hand").parent, of("outer").span);
    let inner = seen.iter().filter(|seen| seen.name.ends_with("inner"));
    assert!(inner.clone().all(|inner| inner.parent == of("middle").span));
    assert_eq!(inner.count(), 2);
    assert!(seen.iter().all(|span| span.trace == of("outer").trace));
}

#[instrumented(span("task", number = number))]
async fn task(number: u8) {
    for _ in 0..3 {
        step(number).await;
        inner();
    }
}

#[instrumented(span("step"))]
async fn step(number: u8) {
    inner();
    yield_now().await;
    drop(span!("after", number = number));
}

/// Polls futures in turn until all are ready.
fn interleave(futures: &mut [std::pin::Pin<&mut dyn Future<Output = ()>>]) {
    let mut context = task::Context::from_waker(Waker::noop());
    let mut pending = vec![true; futures.len()];
    while pending.contains(&true) {
        for (future, pending) in futures.iter_mut().zip(&mut pending) {
            if *pending {
                *pending = matches!(future.as_mut().poll(&mut context), Poll::Pending);
                assert!(!Context::current().is_some());
            }
        }
    }
}

#[test]
fn futures_that_are_polled_in_turn_keep_their_children_apart() {
    let mut watching = Watching::begin();
    let (one, two, three) = (pin!(task(1)), pin!(task(2)), pin!(task(3)));
    interleave(&mut [one, two, three]);
    let seen = watching.seen();
    let children = |of: &Seen| {
        let children = seen.iter().filter(|child| child.parent == of.span);
        children.cloned().collect::<Vec<_>>()
    };
    let tasks = seen.iter().filter(|span| span.name == "task");
    assert_eq!(tasks.clone().count(), 3);
    for task in tasks {
        let steps = children(task);
        assert_eq!(steps.len(), 6, "three steps and three calls: {steps:#?}");
        for step in steps.iter().filter(|step| step.name == "step") {
            let inside = children(step);
            assert_eq!(inside.len(), 2);
            let number = &named(&inside, "after").attributes["number"];
            assert_eq!(number, &task.attributes["number"]);
        }
        let of_trace = seen.iter().filter(|span| span.trace == task.trace);
        assert_eq!(of_trace.count(), 1 + 6 + 3 * 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_on_two_threads_keep_their_children_apart() {
    let mut watching = Watching::begin();
    let component = Component::register("spans/nesting");
    let tasks: Vec<_> = (0..20)
        .map(|number| tokio::spawn(obs::InComponent::in_component(task(number), component)))
        .collect();
    for task in tasks {
        task.await.expect("it ends");
    }
    let seen = watching.seen();
    assert_eq!(seen.len(), 20 * (1 + 6 + 3 * 2));
    for span in seen.iter().filter(|span| span.name == "after") {
        let step = seen.iter().find(|step| step.span == span.parent);
        let task = seen
            .iter()
            .find(|task| Some(task.span) == step.map(|step| step.parent));
        let number = task.map(|task| &task.attributes["number"]);
        assert_eq!(number, Some(&span.attributes["number"]));
        assert_eq!(span.component.as_deref(), Some("spans/nesting"));
    }
}

#[instrumented(span)]
fn recursive(depth: u32) -> u32 {
    match depth {
        0 => 0,
        depth => 1 + recursive(depth - 1),
    }
}

#[test]
fn a_function_that_calls_itself_is_a_chain() {
    let mut watching = Watching::begin();
    assert_eq!(recursive(100), 100);
    let seen = watching.seen();
    assert_eq!(seen.len(), 101);
    for (inner, outer) in seen.iter().zip(&seen[1..]) {
        assert_eq!(inner.parent, outer.span);
    }
    assert_eq!(seen[100].parent, 0);
}

#[test]
fn a_tracestate_is_carried_as_long_as_a_span_of_its_caller_lasts() {
    let _watching = Watching::begin();
    for sampled in ["01", "00"] {
        let caller =
            format!("00-4bf92f3577b34da6a3ce929d0e0e47{sampled}-00f067aa0ba902b7-{sampled}");
        let caller = Context::from_traceparent(&caller).expect("it is one");
        let caller = caller.with_tracestate("congo=t61");
        let carried = || Context::current().tracestate();
        // The time in a queue ends before what is done with the message begins.
        let first = span!("first", parent = Carrier::of(caller, Edge::Call));
        assert_eq!(carried().as_deref(), Some("congo=t61"));
        let second = span!("second", parent = caller);
        drop(second);
        assert_eq!(
            carried().as_deref(),
            Some("congo=t61"),
            "the first call goes on"
        );
        drop(first);
        assert_eq!(caller.tracestate(), None);
    }
}
