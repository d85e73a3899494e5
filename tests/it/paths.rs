//! What the critical path of one more trace takes of the heap: nothing, since every trace that ends is walked.

use allocation_counter::measure;
use obs_runtime::evaluate::bottlenecks::{Bottlenecks, Cohort};
use obs_runtime::evaluate::critical_path::{Node, Options, Policy, Walker};
use obs_runtime::model::trace::{Edge, TraceId};

/// A trace in which everything is wrong that costs thought: orphans, a ring, duplicates, open and polled spans, in no order.
fn trace(spans: u64) -> Vec<Node> {
    let node = |id: u64| Node {
        id,
        parent: match id {
            1 => 0,
            7 => 8,
            8 => 7,
            id if id % 50 == 0 => (1 << 40) | (id % 3),
            id => id * 7919 % (id - 1) + 1,
        },
        start_ns: id * 10,
        end_ns: 100 * spans - id,
        busy_ns: id * 5,
        operation: (id % 17) as u32,
        component: (id % 3) as u32,
        edge: match id % 9 {
            7 => Edge::Queue,
            8 => Edge::Detached,
            _ => Edge::Call,
        },
        remote_parent: false,
        open: id.is_multiple_of(31),
        polled: id.is_multiple_of(2),
    };
    let mut nodes: Vec<Node> = (1..=spans).map(node).collect();
    nodes.extend_from_within(2..5);
    let length = nodes.len();
    for at in 0..length {
        nodes.swap(at, at * 7919 % length);
    }
    nodes
}

#[test]
fn a_trace_takes_nothing_of_the_heap_once_one_as_large_was_walked() {
    let traces = [11, 3_000, 20, 20_000].map(trace);
    let (mut walker, mut bottlenecks) = (Walker::new(), Bottlenecks::default());
    let mut all = || {
        for (number, nodes) in (1..).zip(&traces) {
            for policy in [Policy::Detach, Policy::Clamp] {
                let options = Options {
                    policy,
                    ..Options::default()
                };
                let path = walker.walk(nodes, &options);
                let trace = TraceId::new(number).expect("it is not 0");
                bottlenecks.add(&path, trace, Some(Cohort::Slow));
                let other = path.other_roots().next();
                if let Some(other) = other {
                    bottlenecks.add(&path.follow(other), trace, None);
                }
            }
        }
    };
    // That memory is counted at all.
    assert!(measure(&mut all).count_total > 0);
    assert_eq!(measure(&mut all).count_total, 0);
}
