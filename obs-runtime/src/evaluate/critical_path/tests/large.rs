//! A million spans, and the same memory again.

use super::random::{Faults, Random, trace};
use crate::evaluate::critical_path::{Node, Options, Path, Segment, Walker};
use crate::model::trace::Edge;

const MILLION: u64 = 1_000_000;

fn node(id: u64, parent: u64, start_ns: u64, end_ns: u64) -> Node {
    Node {
        id,
        parent,
        start_ns,
        end_ns,
        busy_ns: 0,
        operation: 0,
        component: 0,
        edge: Edge::Call,
        remote_parent: false,
        open: false,
        polled: false,
    }
}

fn is_whole(path: &Path<'_>, segments: u64) {
    let sum: u64 = path.segments().iter().map(Segment::duration_ns).sum();
    assert_eq!(sum, path.duration_ns());
    assert_eq!(path.segments().len() as u64, segments);
}

#[test]
fn v15_a_million_spans_below_each_other_are_walked() {
    let mut nodes: Vec<Node> = (1..=MILLION)
        .map(|id| node(id, id - 1, id, 3 * MILLION - id))
        .collect();
    let mut walker = Walker::new();
    is_whole(&walker.walk(&nodes, &Options::default()), 2 * MILLION - 1);
    // In no order that is known.
    nodes.swap(7, 70_000);
    is_whole(&walker.walk(&nodes, &Options::default()), 2 * MILLION - 1);
}

#[test]
fn v15_a_million_spans_beside_each_other_are_walked() {
    let sibling = |id: u64| node(id, 1, 2 * id, 2 * id + 1);
    let mut nodes = vec![node(1, 0, 0, 3 * MILLION)];
    nodes.extend((2..=MILLION).map(sibling));
    let mut walker = Walker::new();
    is_whole(&walker.walk(&nodes, &Options::default()), 2 * MILLION - 1);
    // All at once.
    for node in &mut nodes[1..] {
        (node.start_ns, node.end_ns) = (1, 3 * MILLION);
    }
    is_whole(&walker.walk(&nodes, &Options::default()), 2);
}

#[test]
fn v15_a_million_spans_in_one_ring_and_many_rings_are_cut() {
    let in_one: Vec<Node> = (1..=MILLION)
        .map(|id| node(id, id % MILLION + 1, id, 3 * MILLION - id))
        .collect();
    let mut walker = Walker::new();
    let path = walker.walk(&in_one, &Options::default());
    assert_eq!(path.counts().cycles, 1);
    assert_eq!(path.nodes()[path.root().expect("a root") as usize].id, 1);
    let spans = MILLION / 10;
    let in_pairs: Vec<Node> = (0..spans)
        .map(|id| node(id + 2, (id ^ 1) + 2, id, 3 * MILLION))
        .collect();
    let path = walker.walk(&in_pairs, &Options::default());
    assert_eq!(path.counts().cycles, spans / 2);
    assert_eq!(path.other_roots().count() as u64, spans / 2 - 1);
}

#[test]
fn a_walker_has_no_memory_of_the_trace_before() {
    let mut used = Walker::new();
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let spans = 1 + random.below(300) as usize;
        let faults = Faults::any(&mut random);
        let nodes = trace(&mut random, spans, faults);
        let options = super::random::options(&mut random);
        let mut new = Walker::new();
        let (again, first) = (used.walk(&nodes, &options), new.walk(&nodes, &options));
        assert_eq!(again.segments(), first.segments());
        assert_eq!(again.steps(), first.steps());
        assert_eq!(again.counts(), first.counts());
        assert_eq!(again.facts(), first.facts());
    }
}
