//! Traces that did not leave their thread: they are complete when their root ends.

use super::*;

#[test]
fn a_trace_that_stayed_on_its_thread_is_complete_at_once() {
    let mut bench = Bench::new();
    bench.child(7, 2, 1, 100, 200);
    bench.root_that_is(CONFINED, 7, 1, 50, 300);
    // One that did not waits for the other rings.
    bench.child(8, 4, 3, 100, 200);
    bench.root(8, 3, 50, 300);
    bench.part(true);
    assert_eq!(bench.spans(), [2]);
    assert_eq!(
        (bench.collection.live(), bench.collection.counts().traces),
        (1, 1)
    );
    bench.round(SOON);
    bench.round(SOON);
    assert_eq!(bench.spans(), [2, 2]);
}

#[test]
fn where_something_may_have_been_dropped_it_is_complete_with_the_others() {
    let mut bench = Bench::new();
    bench.root_that_is(CONFINED, 7, 1, 50, 300);
    bench.part(false);
    assert!(bench.complete.is_empty());
    bench.round(SOON);
    // Only then is it known what was dropped.
    bench.collection.touch(Some(&[[1, 7]]));
    bench.round(SOON);
    let (trace, _) = &bench.complete[0];
    assert!(trace.missing.ring_full, "{trace:?}");

    bench.collection.touch(Some(&[[1, 9]]));
    bench.root_that_is(CONFINED, 9, 1, 50, 300);
    bench.root_that_is(CONFINED, 10, 2, 50, 300);
    bench.part(true);
    assert_eq!(bench.complete.len(), 2, "not the one that a drop was of");
    bench.round(SOON);
    bench.round(SOON);
    let (trace, _) = &bench.complete[2];
    assert!(trace.missing.ring_full, "{trace:?}");
}

#[test]
fn a_span_that_is_open_is_waited_for_all_the_same() {
    let mut bench = Bench::new();
    bench.take(slot(START, STARTED, 7, 2, 1, 60, 0));
    bench.root_that_is(CONFINED, 7, 1, 50, 300);
    bench.part(true);
    bench.round(SOON);
    assert!(bench.complete.is_empty());
    bench.take(slot(END, STARTED, 7, 2, 1, 60, 400));
    bench.round(SOON);
    assert_eq!(bench.spans(), [2]);
}
