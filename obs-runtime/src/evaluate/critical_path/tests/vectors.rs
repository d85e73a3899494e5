//! The study's table.

use super::fixture::{UNIT, nodes, options, path};
use crate::evaluate::critical_path::Policy::{Clamp, Detach};
use crate::evaluate::critical_path::{Counts, Facts, Options, Policy, Standing, Walker};

/// The path of a trace by either policy.
fn both(trace: &str) -> String {
    let detached = path(Detach, trace);
    assert_eq!(path(Clamp, trace), detached, "{trace}");
    detached
}

fn counts(policy: Policy, trace: &str) -> Counts {
    let nodes = nodes(trace);
    Walker::new().walk(&nodes, &options(policy)).counts()
}

/// What is known of the span at a place.
fn facts(trace: &str, place: usize) -> Facts {
    let nodes = nodes(trace);
    Walker::new().walk(&nodes, &options(Detach)).facts()[place]
}

#[test]
fn v1_children_one_after_the_other() {
    let found = both("P0-100 B10-40<P C50-90<P");
    assert_eq!(found, "P0-10 B10-40 P40-50 C50-90 P90-100");
}

#[test]
fn v2_a_child_that_ends_as_the_next_begins_is_not_lost() {
    let found = both("P0-30 B0-10<P C10-20<P D20-30<P");
    assert_eq!(found, "B0-10 C10-20 D20-30");
}

#[test]
fn v3_a_child_that_ran_beside_the_last_one_is_parallel() {
    let trace = "P0-100 A10-50<P C30-90<P";
    assert_eq!(both(trace), "P0-10 P10-30:overlap C30-90 P90-100");
    let found = facts(trace, 1);
    assert_eq!(found.standing, Standing::Parallel);
    assert_eq!(found.slack_ns, Some(40 * UNIT));
    assert_eq!(facts(trace, 2).drag_ns, 40 * UNIT);
    assert_eq!(facts(trace, 0).own_ns, 20 * UNIT);
}

#[test]
fn v4_grandchildren_are_on_it() {
    let found = both("P0-100 A10-60<P B10-90<P C20-80<B");
    assert_eq!(found, "P0-10 B10-20 C20-80 B80-90 P90-100");
}

#[test]
fn v5_a_child_that_outlives_its_parent_is_detached_or_cut() {
    let trace = "P0-100 B10-500<P";
    assert_eq!(path(Detach, trace), "P0-100");
    assert_eq!(path(Clamp, trace), "P0-10 B10-100");
    assert_eq!(counts(Detach, trace).outlives, 1);
    assert_eq!(counts(Clamp, trace).outlives, 1);
    assert_eq!(facts(trace, 1).standing, Standing::Outlives);
}

#[test]
fn v6_a_child_that_begins_before_its_parent_is_cut() {
    assert_eq!(both("P10-30 B5-20<P"), "B10-20 P20-30");
}

#[test]
fn v7_a_child_around_its_parent_is_detached_or_cut() {
    let trace = "P10-30 B5-35<P";
    assert_eq!(path(Detach, trace), "P10-30");
    assert_eq!(path(Clamp, trace), "B10-30");
}

#[test]
fn v8_spans_without_length_are_passed_over() {
    let trace = "P0-10 Z5-5<P Y5-5<P B5-8<P";
    assert_eq!(both(trace), "P0-5 B5-8 P8-10");
    assert_eq!(counts(Detach, trace), Counts::default());
}

#[test]
fn v9_of_children_that_end_together_the_earliest_is_taken() {
    let trace = "P0-10 A2-10<P B6-10<P";
    assert_eq!(both(trace), "P0-2 A2-10");
    assert_eq!(facts(trace, 2).slack_ns, Some(0));
    assert_eq!(
        facts(trace, 1).drag_ns,
        0,
        "B would hold the parent up as long"
    );
}

#[test]
fn v10_a_span_without_length_at_the_end_hides_nothing() {
    assert_eq!(both("P0-10 B2-10<P Z10-10<P"), "P0-2 B2-10");
}

#[test]
fn v11_a_child_before_or_after_its_parent_is_outside() {
    for trace in [
        "P50-100 B10-20<P C12-18<B",
        "P0-50 B60-70<P C62-68<B",
        "P0-50 B50-70<P",
    ] {
        let alone = trace.split_once(' ').expect("a root").0;
        assert_eq!(both(trace), alone);
        let found = counts(Detach, trace);
        assert_eq!((found.outside, found.outlives), (1, 0), "{trace}");
        assert_eq!(facts(trace, 1).standing, Standing::Outside);
    }
}

#[test]
fn v12_a_detached_child_is_not_waited_for() {
    let trace = "P0-100 B10-90<P:d C20-30<B";
    assert_eq!(both(trace), "P0-100");
    let found = facts(trace, 2);
    assert_eq!((found.standing, found.slack_ns), (Standing::Apart, None));
    assert_eq!(both("P0-100 B110-190<P:d"), "P0-100");
    assert_eq!(counts(Detach, "P0-100 B110-190<P:d"), Counts::default());
}

#[test]
fn v13_orphans_are_below_the_span_that_is_missing() {
    let trace = "P0-100 B20-30<M C50-60<M D70-80<N";
    assert_eq!(
        both(trace),
        "P0-20 B20-30 ?M30-50:gap C50-60 P60-70 D70-80 P80-100"
    );
    assert_eq!(counts(Detach, trace).orphans, 3);
}

#[test]
fn v13_an_orphan_beyond_the_root_does_not_stretch_it() {
    let trace = "P0-100 B20-30<M C90-160<M";
    assert_eq!(path(Detach, trace), "P0-100");
    assert_eq!(path(Clamp, trace), "P0-20 B20-30 ?M30-90:gap C90-100");
}

#[test]
fn v13_where_all_are_orphans_the_earliest_is_the_root() {
    let nodes = nodes("B20-30<M C10-60<M D70-80<N");
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &Options::default());
    assert_eq!(path.root(), Some(1));
    assert_eq!(path.other_roots().collect::<Vec<_>>(), [0, 2]);
    assert_eq!(path.counts().orphans, 3);
    assert_eq!(path.follow(2).duration_ns(), 10 * UNIT);
}

#[test]
fn v14_spans_that_are_each_others_parents_are_cut_apart() {
    assert_eq!(both("A10-50<B B0-100<A"), "B0-10 A10-50 B50-100");
    assert_eq!(counts(Detach, "A10-50<B B0-100<A").cycles, 1);
    assert_eq!(both("A10-50<A"), "A10-50");
    assert_eq!(counts(Detach, "A10-50<A").cycles, 1);
}

#[test]
fn v14_a_ring_beside_a_root_is_a_root_of_its_own() {
    let trace = "D5-6<C P0-100 A10-50<C B20-30<A C22-28<B Z1-2<P";
    let nodes = nodes(trace);
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &Options::default());
    assert_eq!(path.counts().cycles, 1);
    assert_eq!(path.other_roots().collect::<Vec<_>>(), [2]);
    assert_eq!(path.follow(2).steps().len(), 3);
}

#[test]
fn v16_the_last_piece_of_a_span_that_has_not_ended_is_open() {
    let open = "P0-60:o B10-40<P";
    assert_eq!(both(open), "P0-10 B10-40 P40-60:open");
    let nodes = nodes("P0-60:o B10-40<P C50-55<P:o");
    let now = Options {
        now_ns: 90 * UNIT,
        ..Options::default()
    };
    let mut walker = Walker::new();
    let path = walker.walk(&nodes, &now);
    assert_eq!(
        super::fixture::line(&path),
        "P0-10 B10-40 P40-50 C50-90:open"
    );
    assert_eq!(path.counts().open, 2);
}

#[test]
fn v16_a_span_that_has_not_ended_lasts_as_long_as_all_below_it() {
    let found = both("P0-20:o B10-15<P:o C12-70<B:d D10-90<C");
    assert_eq!(found, "P0-10 B10-90:open");
}

#[test]
fn v17_no_spans_have_no_path_and_one_is_its_own() {
    assert_eq!(both(""), "");
    assert_eq!(both("P0-100"), "P0-100");
    assert_eq!(both("P100-100"), "");
    let mut walker = Walker::new();
    let path = walker.walk(&[], &Options::default());
    assert_eq!((path.root(), path.duration_ns()), (None, 0));
    assert!(path.facts().is_empty());
    assert!(path.follow(3).segments().is_empty());
}
