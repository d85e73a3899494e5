//! Guards that are leaked, or dropped in another order than they came.

use std::any::Any;
use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::sync::mpsc::{Sender, channel};
use std::task::{self, Waker};

use obs::{Context, InContext, Span, Status, instrumented, span};
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
fn a_context_stays_until_its_guard_is_dropped_though_the_span_around_has_ended() {
    let _watching = Watching::begin();
    let other = span!("disorder.other", root).context();
    for _ in 0..3 {
        let around = span!("disorder.around", root);
        let entered = other.enter();
        drop(around);
        assert_eq!(Context::current(), other);
        drop(entered);
        assert!(!Context::current().is_some(), "the thread is in nothing");
    }
    let next = span!("disorder.next");
    assert!(next.context().trace_id() != other.trace_id());
    drop(next);
    assert!(!Context::current().is_some());
}

#[test]
fn contexts_left_in_the_order_they_came_leave_the_thread_outside() {
    let _watching = Watching::begin();
    let [first, second] = others();
    let entered = (first.enter(), second.enter());
    drop(entered.0);
    assert_eq!(Context::current(), second, "the second is not left yet");
    drop(entered.1);
    assert_eq!(Context::current(), Context::NONE);
}

/// The contexts of two traces that have nothing to do with what the thread is in.
fn others() -> [Context; 2] {
    [
        span!("disorder.other", root).context(),
        span!("disorder.other", root).context(),
    ]
}

/// Enters a span or a context: the guard, and what the thread is in then.
fn hold(as_span: bool) -> (Box<dyn Any>, Context) {
    if as_span {
        let span = span!("disorder.held", root);
        let context = span.context();
        (Box::new(span), context)
    } else {
        let [context, _] = others();
        (Box::new(context.enter()), context)
    }
}

/// All orders of that many things.
fn orders(many: usize) -> Vec<Vec<usize>> {
    if many == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(many - 1);
    let with = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, many - 1);
        order
    };
    let orders = shorter.iter();
    orders
        .flat_map(|order| (0..many).map(move |at| with(order, at)))
        .collect()
}

#[test]
fn whatever_is_left_in_whatever_order_the_thread_is_in_the_innermost_that_remains() {
    const MANY: usize = 4;
    let _watching = Watching::begin();
    for spans in 0..1 << MANY {
        for order in orders(MANY) {
            let mut held: Vec<_> = (0..MANY)
                .map(|at| Some(hold(spans >> at & 1 == 1)))
                .collect();
            for at in &order {
                held[*at] = None;
                let innermost = held.iter().rev().find_map(Option::as_ref);
                let context = innermost.map_or(Context::NONE, |(_, context)| *context);
                assert_eq!(Context::current(), context, "{spans:b}, {order:?}, {at}");
            }
        }
    }
}

#[test]
fn a_context_that_a_poll_leaks_is_left_with_the_poll() {
    let _watching = Watching::begin();
    let [around, leaked] = others();
    let outer = span!("disorder.outer");
    let kept = RefCell::new(None);
    let mut future = pin!(
        async {
            std::mem::forget(leaked.enter());
            kept.replace(Some(leaked.enter()));
            std::mem::forget(span!("disorder.leaked"));
            yield_now().await;
        }
        .in_context(around)
    );
    let mut context = task::Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut context).is_pending() {
        assert_eq!(Context::current(), outer.context());
    }
    drop(kept.take());
    assert_eq!(Context::current(), outer.context());
    drop(outer);
    assert_eq!(Context::current(), Context::NONE);
}

#[test]
fn what_a_scope_leaks_is_left_with_the_scope() {
    let _watching = Watching::begin();
    let [around, leaked] = others();
    let given = around.scope(|| {
        std::mem::forget(leaked.enter());
        span!("disorder.given")
    });
    assert_eq!(Context::current(), Context::NONE);
    drop(given);
    assert_eq!(Context::current(), Context::NONE);
}

/// Enters contexts when its thread has nothing left to keep them in.
struct AtTheEnd([Context; 2], Sender<[Context; 3]>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let [first, second] = self.0;
        let entered = (first.enter(), second.enter());
        drop(entered.0);
        let between = Context::current();
        drop(entered.1);
        let behind = Context::current();
        let inside = first.scope(|| second.scope(Context::current));
        let _ = self.1.send([between, behind, inside]);
    }
}

thread_local! {
    static AT_THE_END: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
}

#[test]
fn a_thread_that_ends_leaves_contexts_in_any_order() {
    let _watching = Watching::begin();
    let others = others();
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || {
        // Before the first span: what came first is dropped last.
        AT_THE_END.with(|at_the_end| at_the_end.replace(Some(AtTheEnd(others, sender))));
        drop(span!("disorder.last"));
    });
    thread.join().unwrap();
    let seen = receiver.recv().unwrap();
    assert_eq!(seen, [others[1], Context::NONE, others[1]]);
}

#[test]
fn what_the_thread_unwinds_out_of_has_panicked() {
    struct Says;
    impl Drop for Says {
        fn drop(&mut self) {
            drop(span!("in a destructor"));
            drop(span!("open in a destructor").detach());
        }
    }
    let mut watching = Watching::begin();
    let unwound = std::panic::catch_unwind(|| {
        let _entered = span!("entered");
        let _open = span!("open", root).detach();
        let _says = Says;
        panic!("on purpose");
    });
    assert!(unwound.is_err());
    let seen = watching.seen();
    let statuses = ["entered", "open", "in a destructor", "open in a destructor"]
        .map(|name| named(&seen, name).status);
    assert_eq!(
        statuses,
        [
            Status::Panicked,
            Status::Panicked,
            Status::Unset,
            Status::Unset
        ]
    );
}
