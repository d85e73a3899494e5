//! Too many traces, spans, records: what goes, and what stays.

use super::*;

#[test]
fn a_trace_of_too_many_spans_keeps_its_root_its_children_and_faults() {
    let mut bench = Bench::with(Limits {
        spans_of_trace: 10,
        ..Limits::default()
    });
    bench.take(slot(START, ROOT | STARTED, 7, 1, 0, 50, 1));
    for span in 2..102 {
        bench.child(7, span, 2, 60, 70);
    }
    bench.take(slot(END, ERROR, 7, 200, 2, 60, 70));
    bench.child(7, 201, 1, 60, 70);
    bench.take(slot(END, ROOT | STARTED, 7, 1, 0, 50, 300));
    bench.round(SOON);
    bench.round(SOON);
    let (trace, _) = &bench.complete[0];
    assert_eq!(trace.spans.len(), 13);
    assert_eq!(trace.missing.spans_over_limit, 90);
    assert_eq!(bench.collection.counts().spans_over_limit, 90);
}

#[test]
fn a_span_that_a_trace_had_no_room_for_is_not_open_once_it_has_ended() {
    let mut bench = Bench::with(Limits {
        spans_of_trace: 5,
        ..Limits::default()
    });
    bench.take(slot(START, ROOT | STARTED, 7, 1, 0, 50, 1));
    for span in 2..=20 {
        bench.take(slot(START, STARTED, 7, span, 2, 60, 0));
    }
    for span in 2..=20 {
        bench.take(slot(END, STARTED, 7, span, 2, 60, 70));
    }
    // Those that begin when there are too many.
    for span in 21..=100 {
        bench.take(slot(START, STARTED, 7, span, 2, 80, 0));
        bench.take(slot(END, STARTED, 7, span, 2, 80, 90));
    }
    bench.take(slot(START, STARTED, 7, 101, 1, 80, 0));
    bench.round(SOON);
    let mut open = Vec::new();
    bench.collection.started(|start| open.push(start.span()));
    assert_eq!(
        open,
        [1],
        "of those that began in time, the root alone has not ended"
    );
    bench.take(slot(END, ROOT | STARTED, 7, 1, 0, 50, 300));
    bench.round(SOON);
    bench.round(LINGER);
    let (trace, _) = &bench.complete[0];
    assert_eq!((trace.spans.len(), trace.missing.open), (6, 0));
    assert_eq!(trace.missing.spans_over_limit, 94);
    assert_eq!(bench.collection.live(), 0);
}

#[test]
fn a_span_that_says_too_much_leaves_room_for_other_traces() {
    let mut bench = Bench::with(Limits {
        spans_of_trace: 5,
        slots: 200,
        ..Limits::default()
    });
    bench.take(slot(START, ROOT | STARTED, 1, 1, 0, 50, 1));
    bench.take(slot(START, ROOT | STARTED, 2, 2, 0, 50, 1));
    for _ in 0..1_000 {
        bench.now += SOON / 100;
        bench.take(slot(ATTRIBUTES, 0, 2, 2, 0, 0, 0));
    }
    bench.round(SOON);
    assert_eq!((bench.collection.live(), bench.complete.len()), (2, 0));
    bench.take(slot(END, ROOT | STARTED, 2, 2, 0, 50, 300));
    bench.round(SOON);
    bench.round(SOON);
    let (trace, _) = &bench.complete[0];
    assert_eq!(
        trace.spans[0].attributes_cut, 961,
        "of 40 slots the start takes one"
    );
}

#[test]
fn too_many_traces_end_the_one_that_was_idle_longest() {
    let mut bench = Bench::with(Limits {
        traces: 3,
        ..Limits::default()
    });
    for trace in 1..=5 {
        bench.take(slot(START, ROOT | STARTED, trace, trace, 0, 50, 1));
        bench.now += SOON;
    }
    bench.round(SOON);
    let ids: Vec<u128> = bench
        .complete
        .iter()
        .map(|(trace, _)| trace.id.get() as u64 as u128)
        .collect();
    assert_eq!(ids, [1, 2]);
    assert_eq!(bench.collection.counts().traces_over_limit, 2);
}

#[test]
fn traces_that_wait_for_open_spans_go_before_those_whose_root_has_not_ended() {
    let mut bench = Bench::with(Limits {
        traces: 3,
        ..Limits::default()
    });
    bench.take(slot(START, ROOT | STARTED, 1, 1, 0, 50, 1));
    for trace in 2..=5 {
        // Something in the background goes on.
        bench.take(slot(START, STARTED, trace, 10 + trace, trace, 60, 0));
        bench.root(trace, trace, 50, 300);
    }
    bench.round(SOON);
    bench.round(SOON);
    let ids: Vec<u64> = bench
        .complete
        .iter()
        .map(|(trace, _)| trace.id.get() as u64)
        .collect();
    assert_eq!(ids, [2, 3], "those that have waited longest, and not 1");
    assert_eq!(
        (
            bench.collection.live(),
            bench.collection.counts().traces_over_limit
        ),
        (3, 2)
    );
}
