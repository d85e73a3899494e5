//! Facts about collecting, with records made here and a clock moved by hand.

use super::*;
use crate::model::trace::{Kept, Policy, Trace};
use obs::collector::spans::{Anchor, Record};
use std::time::{Duration, Instant};

/// Too many traces, spans, records.
mod limits;
/// Traces that did not leave their thread.
mod whole;

const END: u64 = 0;
const START: u64 = 1;
const ATTRIBUTES: u64 = 3;
const ROOT: u64 = 1 << 8;
const REMOTE: u64 = 1 << 9;
const STARTED: u64 = 1 << 13;
const CONFINED: u64 = 1 << 14;
const MONOTONIC: u64 = 1 << 12;
const ERROR: u64 = 2 << 3;

fn slot(
    kind: u64,
    flags: u64,
    trace: u64,
    span: u64,
    parent: u64,
    start: u64,
    end: u64,
) -> [u64; 8] {
    let first = kind | 1 << 8 | (flags | MONOTONIC) << 16 | 1 << 32;
    [first, 1, trace, span, parent, start, end, 0]
}

/// A collection, and what it said was complete.
struct Bench {
    collection: Collection,
    now: Instant,
    complete: Vec<(Trace, bool)>,
    keeps: bool,
}

impl Bench {
    fn new() -> Bench {
        Bench::with(Limits::default())
    }

    fn with(limits: Limits) -> Bench {
        Bench {
            collection: Collection::new(limits),
            now: Instant::now(),
            complete: Vec::new(),
            keeps: true,
        }
    }

    fn take(&mut self, slot: [u64; 8]) {
        let slots = [slot];
        let record = Record::of(&slots, 3).expect("it is a record");
        self.collection.take(record, self.now);
    }

    fn root(&mut self, trace: u64, span: u64, start: u64, end: u64) {
        self.root_that_is(0, trace, span, start, end);
    }

    fn root_that_is(&mut self, what: u64, trace: u64, span: u64, start: u64, end: u64) {
        let (flags, share) = (ROOT | STARTED | what, u64::from(u32::MAX));
        self.take(slot(START, flags, trace, span, 0, start, share));
        self.take(slot(END, flags, trace, span, 0, start, end));
    }

    fn child(&mut self, trace: u64, span: u64, parent: u64, start: u64, end: u64) {
        self.take(slot(END, 0, trace, span, parent, start, end));
    }

    /// A round some time later.
    fn round(&mut self, later: Duration) {
        self.now += later;
        self.complete(|collection, now, anchor, judge| collection.complete(now, anchor, judge));
    }

    /// A part of a ring has been taken in.
    fn part(&mut self, no_drops: bool) {
        self.complete(|collection, now, anchor, judge| {
            collection.complete_whole(no_drops, now, anchor, judge);
        });
    }

    fn complete(&mut self, complete: impl FnOnce(&mut Collection, Instant, &Anchor, Judging<'_>)) {
        let anchor = Anchor::at(1_000_000, 2_000_000);
        let names = names::Names::default();
        let (completed, keeps) = (&mut self.complete, self.keeps);
        complete(
            &mut self.collection,
            self.now,
            &anchor,
            &mut |_, collected| {
                let kept = Kept {
                    policy: Policy::Baseline,
                    weight: 1.0,
                };
                let is_late = collected.late_for().is_some();
                completed.push((
                    collected.trace(kept, &names).expect("it has an id"),
                    is_late,
                ));
                keeps.then_some(kept)
            },
        );
    }

    fn spans(&self) -> Vec<usize> {
        self.complete
            .iter()
            .map(|(trace, _)| trace.spans.len())
            .collect()
    }
}

const SOON: Duration = Duration::from_millis(50);

#[test]
fn a_trace_is_complete_when_all_rings_were_looked_at_since_its_root_ended() {
    let mut bench = Bench::new();
    bench.child(7, 2, 1, 100, 200);
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    assert_eq!(bench.spans(), [0_usize; 0]);
    // Of a ring that had been looked at before that of the root.
    bench.child(7, 3, 1, 210, 290);
    bench.round(SOON);
    assert_eq!(bench.spans(), [3]);
    let (trace, _) = &bench.complete[0];
    assert!(!trace.missing.is_incomplete(), "{trace:?}");
    let root = trace.root().expect("it has one");
    assert_eq!(
        (root.start_ns, root.end_ns),
        (1_000_000 + 50, 1_000_000 + 300)
    );
    assert_eq!(trace.spans[1].parent, Some(root.id));
    assert_eq!(bench.collection.live(), 0);
}

#[test]
fn spans_that_are_open_are_waited_for_and_then_shown_as_open() {
    let mut bench = Bench::new();
    bench.take(slot(START, STARTED, 7, 2, 1, 60, 0));
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    assert!(bench.complete.is_empty());
    bench.round(LINGER);
    let (trace, _) = &bench.complete[0];
    assert_eq!((trace.spans.len(), trace.missing.open), (2, 1));
    assert!(trace.spans.iter().any(|span| span.open));
}

#[test]
fn a_span_that_was_open_and_ends_is_the_end_of_waiting() {
    let mut bench = Bench::new();
    bench.take(slot(START, STARTED, 7, 2, 1, 60, 0));
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.take(slot(END, STARTED, 7, 2, 1, 60, 400));
    bench.round(SOON);
    assert_eq!(bench.spans(), [2]);
    assert_eq!(bench.complete[0].0.missing.open, 0);
}

#[test]
fn what_is_late_is_the_rest_of_a_trace_that_was_kept() {
    let mut bench = Bench::new();
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    bench.child(7, 2, 1, 310, 320);
    bench.round(SOON);
    bench.round(GIVEN_UP);
    assert_eq!(bench.spans(), [1, 1]);
    assert!(bench.complete[1].1, "it is late");
    assert_eq!(bench.collection.counts().traces, 1);
}

#[test]
fn what_another_call_of_the_same_caller_was_is_a_part_of_the_trace_that_was_kept() {
    let mut bench = Bench::new();
    for root in [1, 2] {
        bench.root_that_is(REMOTE, 7, root, 50, 300);
        bench.round(SOON);
        bench.round(SOON);
    }
    let parts: Vec<bool> = bench.complete.iter().map(|(_, part)| *part).collect();
    assert_eq!(parts, [false, true]);
    assert_eq!(bench.collection.counts().traces, 2);
}

#[test]
fn a_root_that_comes_after_its_trace_was_given_up_is_a_part_of_what_was_kept() {
    let mut bench = Bench::new();
    bench.child(7, 2, 1, 60, 70);
    bench.round(GIVEN_UP);
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    let parts: Vec<bool> = bench.complete.iter().map(|(_, part)| *part).collect();
    assert_eq!(parts, [false, true]);
}

#[test]
fn what_is_late_for_a_trace_that_was_not_kept_is_counted() {
    let mut bench = Bench::new();
    bench.keeps = false;
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    bench.child(7, 2, 1, 310, 320);
    bench.round(SOON);
    bench.round(GIVEN_UP);
    let counts = bench.collection.counts();
    assert_eq!((counts.spans_discarded, counts.spans_late), (1, 1));
}

#[test]
fn spans_without_a_root_are_given_up_and_orphans_are_counted() {
    let mut bench = Bench::new();
    bench.child(7, 2, 1, 100, 200);
    bench.round(GIVEN_UP / 2);
    assert!(bench.complete.is_empty());
    bench.round(GIVEN_UP);
    assert_eq!(bench.spans(), [1]);
    assert_eq!(bench.complete[0].0.missing.orphans, 1);
    assert_eq!(bench.collection.counts().traces_given_up, 1);
}

#[test]
fn a_root_that_does_not_end_stays_live_unless_records_were_dropped() {
    let mut bench = Bench::new();
    bench.take(slot(START, ROOT | STARTED, 7, 1, 0, 50, 1));
    bench.round(GIVEN_UP * 100);
    assert_eq!((bench.collection.live(), bench.complete.len()), (1, 0));
    bench.collection.touch(Some(&[[1, 7]]));
    bench.round(GIVEN_UP * 100);
    assert_eq!((bench.collection.live(), bench.complete.len()), (0, 1));
    assert!(bench.complete[0].0.missing.ring_full);
}

#[test]
fn a_span_that_comes_twice_is_kept_once_and_counted() {
    let mut bench = Bench::new();
    bench.child(7, 2, 1, 100, 200);
    bench.child(7, 2, 1, 100, 200);
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    assert_eq!(bench.spans(), [2]);
    assert_eq!(bench.complete[0].0.missing.duplicates, 1);
}

#[test]
fn an_error_that_is_said_of_a_span_elsewhere_is_its_status() {
    let mut bench = Bench::new();
    bench.take(slot(ATTRIBUTES, ERROR, 7, 2, 0, 0, 0));
    bench.child(7, 2, 1, 100, 200);
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    let failed = bench.complete[0]
        .0
        .spans
        .iter()
        .filter(|span| span.status.is_failure());
    assert_eq!(failed.count(), 1);
}

#[test]
fn a_clock_that_steps_back_leaves_no_negative_time() {
    let mut bench = Bench::new();
    bench.child(7, 2, 1, 200, 100);
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    assert!(
        bench.complete[0]
            .0
            .spans
            .iter()
            .all(|span| span.end_ns >= span.start_ns)
    );
}

#[test]
fn every_span_that_is_received_is_kept_discarded_late_over_a_limit_or_pending() {
    let mut bench = Bench::with(Limits {
        traces: 50,
        spans_of_trace: 5,
        slots: 500,
    });
    let mut random = 1_u64;
    for step in 0..5_000_u64 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let trace = 1 + step / 40 + (random >> 33) % 30;
        match (random >> 20) % 5 {
            0 => bench.root(trace, step + 10, 50, 300),
            1 => bench.take(slot(START, STARTED, trace, step + 10, 1, 50, 0)),
            _ => bench.child(trace, step + 10, 1, 50, 60),
        }
        bench.keeps = random >> 40 & 1 == 0;
        if step % 7 == 0 {
            bench.round(SOON * 10);
        }
    }
    let counts = bench.collection.counts();
    let accounted = counts.spans_kept
        + counts.spans_discarded
        + counts.spans_late
        + counts.spans_over_limit
        + bench.collection.pending();
    assert_eq!(counts.spans, accounted, "{counts:?}");
    assert!(counts.spans_kept > 0 && counts.spans_late > 0 && counts.spans_over_limit > 0);
}

#[test]
fn a_gap_is_an_event_of_the_root_of_each_trace_that_it_touched() {
    let mut bench = Bench::new();
    bench.root(7, 1, 50, 300);
    bench.root(8, 2, 50, 300);
    let first = 7 | 1 << 8;
    // First and last time, records, traces, ids: as a ring tells them.
    let slots = [[first, 100, 120, 9, 1, 1, 7, 0]];
    bench
        .collection
        .lost(Record::of(&slots, 3).expect("it is a record"));
    bench.round(SOON);
    bench.round(SOON);
    let of = |trace: u128| {
        let found = bench
            .complete
            .iter()
            .find(|(found, _)| found.id.get() as u64 as u128 == trace);
        let (found, _) = found.expect("it is complete");
        (found.missing.ring_full, found.spans[0].events.clone())
    };
    let (touched, events) = of(7);
    assert!(touched);
    assert_eq!(events.len(), 1);
    assert_eq!(&*events[0].name, "records dropped");
    assert_eq!(events[0].attributes[0].value.to_string(), "9");
    assert_eq!(of(8), (false, Vec::new()));
}

#[test]
fn a_gap_touches_traces_that_come_later_in_the_round_of_another_ring() {
    let mut bench = Bench::new();
    let slots = [[7 | 1 << 8, 100, 120, 9, 1, 1, 7, 0]];
    bench
        .collection
        .lost(Record::of(&slots, 3).expect("it is a record"));
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    assert!(bench.complete[0].0.missing.ring_full);
}

#[test]
fn the_tracestate_of_two_calls_of_one_caller_is_there_once() {
    const STATE: u64 = 6;
    let mut bench = Bench::new();
    for root in [1, 2] {
        let text = u64::from_le_bytes([3, b'a', b'=', b'1', 0, 0, 0, 0]);
        bench.take(slot(STATE, 0, 7, root, 0, text, 0));
        bench.root(7, root, 50, 300);
    }
    bench.round(SOON);
    bench.round(SOON);
    assert_eq!(bench.complete[0].0.tracestate, "a=1");
}

#[test]
fn a_gap_of_any_trace_touches_those_that_come_later_in_the_round() {
    let mut bench = Bench::new();
    bench.collection.touch(None);
    bench.root(7, 1, 50, 300);
    bench.round(SOON);
    bench.round(SOON);
    assert!(bench.complete[0].0.missing.ring_full);
}

#[test]
fn the_root_of_a_trace_that_was_called_back_meanwhile_is_a_part_of_it() {
    let mut bench = Bench::new();
    let flags = ROOT | STARTED;
    bench.take(slot(START, flags, 7, 1, 0, 10, u64::from(u32::MAX)));
    bench.root_that_is(REMOTE, 7, 2, 50, 300);
    bench.round(SOON);
    bench.round(LINGER);
    bench.take(slot(END, flags, 7, 1, 0, 10, 400));
    bench.round(SOON);
    bench.round(SOON);
    let parts: Vec<bool> = bench.complete.iter().map(|(_, part)| *part).collect();
    assert_eq!(parts, [false, true]);
}
