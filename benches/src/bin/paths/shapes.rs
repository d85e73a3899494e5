//! Traces of any size, in shapes that are hard in different ways.

use std::cmp::Reverse;

use obs_runtime::evaluate::critical_path::Node;
use obs_runtime::model::trace::Edge;

/// Makes a trace of so many spans.
type Shape = fn(usize) -> Vec<Node>;

/// Shapes, and how each is made.
pub(crate) const SHAPES: [(&str, Shape); 5] = [
    ("chain", chain),
    ("wide", wide),
    ("comb", comb),
    ("random", random),
    ("shuffled", shuffled),
];

/// What a span takes beside its children.
const STEP_NS: u64 = 1_000;

/// Each the only child of the one before.
fn chain(spans: usize) -> Vec<Node> {
    let last = spans as u64;
    let nodes = (1..=last).map(|id| node(id, id - 1, id * STEP_NS, (2 * last - id) * STEP_NS));
    recorded(nodes.collect())
}

/// A root, and one child after the other.
fn wide(spans: usize) -> Vec<Node> {
    let last = spans as u64;
    let child = |id: u64| node(id, 1, 2 * id * STEP_NS, (2 * id + 1) * STEP_NS);
    let root = node(1, 0, STEP_NS, 2 * (last + 1) * STEP_NS);
    recorded([root].into_iter().chain((2..=last).map(child)).collect())
}

/// A chain, of which each has a short child before the long one.
fn comb(spans: usize) -> Vec<Node> {
    let last = spans as u64;
    let of_spine = |id: u64| {
        node(
            id,
            id.saturating_sub(2),
            2 * id * STEP_NS,
            (5 * last - id) * STEP_NS,
        )
    };
    let tooth = |id: u64| node(id, id - 1, 2 * id * STEP_NS - STEP_NS, 2 * id * STEP_NS);
    let nodes = (1..=last).map(|id| if id % 2 == 1 { of_spine(id) } else { tooth(id) });
    recorded(nodes.collect())
}

/// Each anywhere below any earlier one, beside whatever is there; in the order in which they end.
fn random(spans: usize) -> Vec<Node> {
    recorded(grown(spans))
}

/// The same in no order at all.
fn shuffled(spans: usize) -> Vec<Node> {
    let mut nodes = grown(spans);
    let mut random = Random(3);
    for at in (1..nodes.len()).rev() {
        nodes.swap(at, random.below(at as u64 + 1) as usize);
    }
    named(nodes)
}

fn grown(spans: usize) -> Vec<Node> {
    let mut random = Random(7);
    let mut nodes = vec![node(1, 0, 0, 1 << 40)];
    for id in 2..=spans as u64 {
        let above = nodes[random.below(id - 1) as usize];
        let start = above.start_ns + random.below(above.end_ns - above.start_ns + 1);
        let end = start + random.below(above.end_ns - start + 1);
        nodes.push(node(id, above.id, start, end));
    }
    nodes
}

/// As a thread records them: by their ends, what is below others before them, with ids that say nothing.
fn recorded(mut nodes: Vec<Node>) -> Vec<Node> {
    nodes.sort_by_key(|node| (node.end_ns, Reverse(node.id)));
    named(nodes)
}

fn named(mut nodes: Vec<Node>) -> Vec<Node> {
    for node in &mut nodes {
        node.operation = node.id as u32 % 16;
        node.id = mixed(node.id);
        node.parent = mixed(node.parent);
    }
    nodes
}

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

/// A number that says nothing of the one it is of; 0 of 0.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Random numbers, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0) % bound
    }
}
