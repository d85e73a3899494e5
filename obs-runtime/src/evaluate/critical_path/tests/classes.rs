//! What the time on a path went to, and traces that are bad in ways that the study's table has not.

use super::fixture::{UNIT, line, nodes, options, path};
use crate::evaluate::critical_path::Policy::{Clamp, Detach};
use crate::evaluate::critical_path::{Class, Options, Segment, Standing, Walker};

#[test]
fn a_queue_is_waited_in() {
    let found = path(Detach, "P0-100 Q10-40<P:q B40-90<P");
    assert_eq!(found, "P0-10 Q10-40:queue B40-90 P90-100");
}

#[test]
fn own_time_of_what_is_polled_is_run_and_wait() {
    assert_eq!(path(Detach, "P0-100:b25"), "P0-25 P25-100:wait");
    assert_eq!(path(Detach, "P0-100:b0"), "P0-100:wait");
    assert_eq!(path(Detach, "P0-100:b100"), "P0-100");
    // Clocks of threads may disagree.
    assert_eq!(path(Detach, "P0-100:b101"), "P0-100");
    let found = path(Detach, "P0-100:b50 B20-60<P");
    assert_eq!(found, "P0-10 P10-20:wait B20-60 P60-80 P80-100:wait");
}

#[test]
fn sums_of_run_are_rounded_and_not_pieces() {
    // Of 10 ns two are busy, in pieces of three ns and one of one.
    let mut nodes = nodes("P0-10:b2 A3-4<P B7-8<P");
    for node in &mut nodes {
        node.start_ns /= UNIT;
        node.end_ns /= UNIT;
        node.busy_ns /= UNIT;
    }
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &Options::default());
    let of_run = path
        .segments()
        .iter()
        .filter(|segment| segment.node == 0 && segment.class == Class::Run);
    // 8 × 2 / 10, rounded down; of each piece alone it would be nothing.
    assert_eq!(of_run.map(Segment::duration_ns).sum::<u64>(), 1);
}

#[test]
fn what_ran_beside_own_time_is_overlap() {
    // A ran until C was waited for, and before that beside P alone; of Z nothing overlaps.
    let trace = "P0-100 Z0-5<P A10-60<P B20-65<P C50-90<P";
    assert_eq!(
        path(Detach, trace),
        "Z0-5 P5-10 P10-50:overlap C50-90 P90-100"
    );
    // Time beside another child of the path is that child's.
    let trace = "P0-100 A10-60<P B20-40<P C50-90<P";
    assert_eq!(
        path(Detach, trace),
        "P0-10 P10-20:overlap B20-40 P40-50:overlap C50-90 P90-100"
    );
}

#[test]
fn children_of_a_remote_parent_are_cut_by_either_policy() {
    assert_eq!(path(Detach, "P0-100 B10-500<P:r"), "P0-10 B10-100");
}

#[test]
fn a_span_with_a_remote_parent_that_is_not_here_is_a_root() {
    let nodes = nodes("B20-90<M:r C30-40<B");
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &options(Detach));
    assert_eq!(line(&path), "B20-30 C30-40 B40-90");
    assert_eq!(path.counts().orphans, 0);
}

#[test]
fn a_child_that_is_dropped_just_after_its_parent_is_waited_for() {
    let late = |by: u64| {
        let mut nodes = nodes("P0-100 B10-100<P");
        nodes[1].end_ns += by;
        let mut walker = Walker::new();
        line(&walker.walk(&nodes, &options(Detach)))
    };
    // 1 µs and a thousandth of 100 ms.
    assert_eq!(late(101_000), "P0-10 B10-100");
    assert_eq!(late(101_001), "P0-100");
}

#[test]
fn of_several_roots_the_earliest_and_then_the_longest_is_the_trace_s() {
    let nodes = nodes("A10-50 B0-20 C0-30 D0-30");
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &options(Detach));
    assert_eq!(path.root(), Some(2));
    assert_eq!(path.other_roots().collect::<Vec<_>>(), [0, 1, 3]);
    assert_eq!(line(&path.follow(0)), "A10-50");
}

#[test]
fn of_spans_with_one_id_the_one_that_has_ended_is_kept() {
    let trace = "P0-100 B10-20<P:o B10-40<P B10-90<P";
    let nodes = nodes(trace);
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &options(Detach));
    assert_eq!(line(&path), "P0-10 B10-40 P40-100");
    let counts = path.counts();
    assert_eq!((counts.duplicates, counts.open), (2, 0));
    let facts = path.facts();
    let standings = [1, 2, 3].map(|place| facts[place].standing);
    let expected = [Standing::Duplicate, Standing::Critical, Standing::Duplicate];
    assert_eq!(standings, expected);
}

#[test]
fn spans_that_nobody_can_name_are_spans() {
    let mut nodes = nodes("P0-100 B10-20<P C30-40<P");
    nodes[1].id = 0;
    nodes[2].id = 0;
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &options(Detach));
    assert_eq!(path.counts().duplicates, 0);
    assert_eq!(path.steps().len(), 3);
}

#[test]
fn a_clock_that_steps_back_leaves_no_length() {
    let nodes = nodes("P0-100 B60-20<P C10-30<P");
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &options(Detach));
    assert_eq!(line(&path), "P0-10 C10-30 P30-100");
    assert_eq!(path.counts().backwards, 1);
}

#[test]
fn times_may_be_any_number() {
    let mut nodes = nodes("P0-100:b7 B10-20<P:b3 C30-40<M:o D1-2<P:q");
    nodes[0].end_ns = u64::MAX;
    nodes[0].busy_ns = u64::MAX - 1;
    nodes[1].end_ns = u64::MAX;
    let extreme = Options {
        late_ns: u64::MAX,
        late_per_mille: u32::MAX,
        skew_ns: u64::MAX,
        now_ns: u64::MAX,
        policy: Clamp,
    };
    let mut walker = Walker::new();
    for options in [Options::default(), extreme] {
        let path = walker.walk(&nodes, &options);
        let sum: u64 = path.segments().iter().map(Segment::duration_ns).sum();
        assert_eq!(sum, u64::MAX);
    }
}

#[test]
fn with_a_tolerance_for_skew_what_overlaps_a_little_comes_before() {
    let nodes = nodes("P0-100 A10-52<P B50-90<P");
    let mut walker = Walker::new();
    assert_eq!(
        line(&walker.walk(&nodes, &options(Clamp))),
        "P0-10 P10-50:overlap B50-90 P90-100"
    );
    let skewed = Options {
        skew_ns: 2 * UNIT,
        ..options(Clamp)
    };
    assert_eq!(
        line(&walker.walk(&nodes, &skewed)),
        "P0-10 A10-50 B50-90 P90-100"
    );
}
