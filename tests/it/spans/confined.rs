//! Whether a root's end says that nothing of its trace left its thread.

use std::future::Future;
use std::pin::pin;
use std::task::{self, Poll, Waker};
use std::thread;

use obs::collector::spans::{Drained, What};
use obs::{Carrier, Context, Span, event, instrumented, span};

use crate::seen::Watching;

/// What is done in a root, and what that is called.
type Case<'a> = (&'a str, &'a dyn Fn(&Span));

/// The collector, and a thread that has a ring: its first root may have lost its start before.
fn watch() -> Watching {
    let mut watching = Watching::begin();
    drop(span!("confined.first"));
    watching.spans.drain(|_| {});
    watching
}

impl Watching {
    /// Whether the end of each root that has ended since the last look says that its trace is confined.
    fn confined(&mut self) -> Vec<bool> {
        let mut confined = Vec::new();
        self.spans.drain(|record| {
            if record.what() == What::End && record.is_root() {
                confined.push(record.is_confined());
            } else {
                assert!(!record.is_confined(), "{record:?} is of no root");
            }
        });
        confined
    }

    /// Whether of each part of what is in rings, and before, all drops are known.
    fn parts(&mut self) -> Vec<bool> {
        let mut parts = Vec::new();
        self.spans.drain_in_parts(|drained| {
            if let Drained::Part { is_whole, .. } = drained {
                parts.push(is_whole);
            }
        });
        parts
    }

    /// Whether a root is confined in which that was done.
    fn is_confined(&mut self, inside: impl FnOnce(&Span)) -> bool {
        let root = span!("confined.root");
        inside(&root);
        drop(root);
        let confined = self.confined();
        assert_eq!(confined.len(), 1, "one root");
        confined[0]
    }
}

#[instrumented(span)]
fn called() -> u32 {
    drop(span!("confined.below"));
    1
}

#[instrumented(span)]
async fn ready() {
    called();
}

#[instrumented(span)]
async fn suspended() {
    std::future::poll_fn(|_| Poll::<()>::Pending).await;
}

fn poll<F: Future>(future: F) {
    let mut context = task::Context::from_waker(Waker::noop());
    let _ = pin!(future).poll(&mut context);
}

#[test]
fn what_stays_on_the_thread_leaves_the_trace_confined() {
    let mut watching = watch();
    assert!(watching.is_confined(|_| {}));
    assert!(watching.is_confined(|root| {
        root.set("key", 1);
        root.error("it failed");
        let child = span!("confined.child", key = 2);
        child.set("key", "text");
        called();
        event!("confined.event", key = 3);
    }));
    assert!(
        watching.is_confined(|_| poll(ready())),
        "it was ready in place"
    );
    called();
    assert_eq!(watching.confined(), [true], "a call that is a root");
}

#[test]
fn what_may_be_taken_elsewhere_ends_that() {
    let mut watching = watch();
    let cases: [Case<'_>; 9] = [
        ("the current context", &|_| _ = Context::current()),
        ("the context of the root", &|root| _ = root.context()),
        ("that of a child", &|_| {
            let _ = span!("confined.child").context();
        }),
        ("a carrier", &|_| _ = Carrier::tell()),
        ("a span that is detached", &|_| {
            drop(span!("confined.open").detach());
        }),
        ("a future in a span", &|_| {
            poll(span!("confined.around").around(async {}));
        }),
        ("a future that is not ready", &|_| poll(suspended())),
        ("a parent that was named", &|root| {
            drop(span!("confined.named", parent = root.context()));
        }),
        ("one that nobody waits for", &|_| {
            drop(span!("confined.detached", detached));
        }),
    ];
    for (what, inside) in cases {
        assert!(!watching.is_confined(inside), "{what}");
        assert!(watching.is_confined(|_| {}), "after {what}");
    }
}

#[instrumented(span)]
async fn given_away() -> Span {
    span!("confined.given")
}

#[test]
fn a_guard_that_outlives_the_poll_it_was_made_in_ends_that() {
    let mut watching = watch();
    let root = span!("confined.root");
    let mut context = task::Context::from_waker(Waker::noop());
    let Poll::Ready(given) = pin!(given_away()).poll(&mut context) else {
        panic!("it awaits nothing");
    };
    drop(root);
    drop(given);
    assert_eq!(watching.confined(), [false]);
}

#[test]
fn an_event_belongs_to_what_its_thread_is_in_when_its_values_are_there() {
    let mut watching = watch();
    let mut event = Box::pin(async {
        let mut polls = 0;
        let later = std::future::poll_fn(|_| {
            polls += 1;
            if polls == 1 {
                Poll::Pending
            } else {
                Poll::Ready(7)
            }
        });
        event!("confined.late", value = later.await);
    });
    let mut poll = || {
        let mut context = task::Context::from_waker(Waker::noop());
        event.as_mut().poll(&mut context).is_ready()
    };
    {
        let _root = span!("confined.root");
        assert!(!poll());
    }
    {
        let _root = span!("confined.later");
        assert!(poll());
    }
    let (mut roots, mut events) = (Vec::new(), Vec::new());
    watching.spans.drain(|record| match record.what() {
        What::End => roots.push((record.trace(), record.is_confined())),
        What::Event => events.push(record.trace()),
        _ => {}
    });
    assert_eq!(roots.len(), 2);
    assert!(roots.iter().all(|(_, is_confined)| *is_confined));
    assert_eq!(events, [roots[1].0]);
}

#[test]
fn a_span_that_ends_after_its_root_ends_that() {
    let mut watching = watch();
    let root = span!("confined.root");
    let child = span!("confined.child");
    drop(root);
    drop(child);
    assert_eq!(watching.confined(), [false]);
}

#[test]
fn a_root_that_unwinds_is_confined_where_all_inside_it_ended() {
    let mut watching = watch();
    let unwinding = || {
        drop(span!("confined.first"));
        let _root = span!("confined.root");
        let _child = span!("confined.child");
        std::panic::resume_unwind(Box::new(()));
    };
    thread::scope(|scope| scope.spawn(unwinding).join().expect_err("it unwinds"));
    assert_eq!(watching.confined(), [false, true]);
    let unwinding = || {
        drop(span!("confined.first"));
        // Dropped in this order.
        let _both = (span!("confined.root"), span!("confined.child"));
        std::panic::resume_unwind(Box::new(()));
    };
    thread::scope(|scope| scope.spawn(unwinding).join().expect_err("it unwinds"));
    assert_eq!(watching.confined(), [false, false]);
}

#[test]
fn a_root_inside_another_trace_is_confined_and_the_other_is_not_any_more() {
    let mut watching = watch();
    {
        let _outer = span!("confined.outer");
        let nowhere = Context::NONE.enter();
        drop(span!("confined.inner"));
        drop(nowhere);
    }
    // Of the inner one nothing was handed out; of the outer one it is not known.
    assert_eq!(watching.confined(), [true, false]);
}

#[test]
fn part_of_a_trace_from_elsewhere_is_not_confined() {
    let mut watching = watch();
    let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let remote = Context::from_traceparent(header).expect("it is one");
    remote.scope(|| drop(span!("confined.remote")));
    assert_eq!(watching.confined(), [false]);
}

#[test]
fn rings_are_taken_in_parts_that_say_whether_something_may_have_been_dropped() {
    let mut watching = watch();
    let some = |count| {
        let _root = span!("confined.root");
        (0..count).for_each(|_| drop(span!("confined.child")));
    };
    some(1_000);
    let parts = watching.parts();
    assert!(parts.len() > 3, "{parts:?}");
    assert!(parts.iter().all(|is_whole| *is_whole), "{parts:?}");
    some(10_000);
    let parts = watching.parts();
    assert!(parts.iter().all(|is_whole| !*is_whole), "{parts:?}");
    assert!(watching.parts().is_empty(), "nothing is there");
    some(1);
    assert_eq!(
        watching.parts(),
        [false],
        "the record of the gap comes with it"
    );
    some(1);
    assert_eq!(watching.parts(), [true]);
}
