//! Random traces, the same for the same seed.

use crate::evaluate::critical_path::{Node, Options, Policy};
use crate::model::trace::Edge;

/// Random numbers, the same for the same seed.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// Less than the bound, which is not 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let number = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number ^ (number >> 31)) % bound
    }

    /// Whether it happens, so often in a hundred times.
    pub(super) fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn of<T: Copy>(&mut self, some: &[T]) -> T {
        some[self.below(some.len() as u64) as usize]
    }
}

/// What a random trace may have, each so often in a hundred spans.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    pub(super) orphans: u64,
    pub(super) rings: u64,
    pub(super) duplicates: u64,
    pub(super) open: u64,
    pub(super) roots: u64,
    pub(super) remote: u64,
}

impl Faults {
    pub(super) fn any(random: &mut Random) -> Faults {
        let mut some = || random.of(&[0, 0, 1, 3, 10]);
        Faults {
            orphans: some(),
            rings: some(),
            duplicates: some(),
            open: some(),
            roots: some(),
            remote: some(),
        }
    }
}

/// A trace of so many spans: deep, wide or between, with children that overlap, outlive, are outside, tie or have no length.
pub(super) fn trace(random: &mut Random, spans: usize, faults: Faults) -> Vec<Node> {
    let grid = random.of(&[1, 1_000, 1_000_000]);
    let length = random.of(&[20, 200, 10_000]);
    let reach = random.of(&[1, 3, 20, u64::MAX]);
    let beyond = random.of(&[0, 5, 30]);
    let polled = random.of(&[0, 50]);
    let mut nodes = vec![node(1, 0, 1_000 * grid, (1_000 + length) * grid)];
    for id in 2..=spans as u64 {
        let above = nodes[(id - 2 - random.below(reach.min(id - 1))) as usize];
        let units = (above.end_ns - above.start_ns) / grid;
        let slip = |random: &mut Random| match random.happens(beyond) {
            true => random.below(units / 2 + 3),
            false => 0,
        };
        let start = above.start_ns / grid + random.below(units + 1);
        let end = start + random.below(above.end_ns.max(start * grid) / grid - start + 1);
        let (start, end) = (start - slip(random).min(start), end + slip(random));
        let mut node = node(id, above.id, start * grid, end * grid);
        node.edge = random.of(&[
            Edge::Call,
            Edge::Call,
            Edge::Call,
            Edge::Call,
            Edge::Queue,
            Edge::Detached,
        ]);
        node.polled = random.happens(polled);
        node.busy_ns = random.below(end * grid - start * grid + 2);
        nodes.push(node);
    }
    spoil(random, &mut nodes, faults);
    put_in_some_order(random, &mut nodes);
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

fn spoil(random: &mut Random, nodes: &mut [Node], faults: Faults) {
    for at in 0..nodes.len() {
        let any = random.below(nodes.len() as u64) as usize;
        let other = nodes[any].id;
        let node = &mut nodes[at];
        if random.happens(faults.orphans) {
            node.parent = 1 << 40 | random.below(3);
        }
        if random.happens(faults.rings) {
            node.parent = other;
        }
        if random.happens(faults.duplicates) {
            node.id = other;
        }
        if random.happens(faults.roots) {
            node.parent = 0;
        }
        node.open = random.happens(faults.open);
        node.remote_parent = random.happens(faults.remote);
        if random.happens(faults.open) {
            node.end_ns = node.start_ns.saturating_sub(random.below(3));
        }
    }
}

/// A trace of one thread: spans that lie in one another, as they ended, with ids in the order in which they began.
pub(super) fn nested(random: &mut Random, spans: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut next_id = 1;
    nest(
        random,
        &mut nodes,
        &mut next_id,
        (0, 100_000, 0),
        spans.max(1),
    );
    nodes
}

/// A span within a time, below a parent, and as many spans below it as make so many.
fn nest(
    random: &mut Random,
    nodes: &mut Vec<Node>,
    next_id: &mut u64,
    (from, to, parent): (u64, u64, u64),
    spans: usize,
) {
    let id = *next_id;
    *next_id += 1 + random.below(3);
    let mut rest = spans - 1;
    let mut at = from;
    while rest > 0 {
        let below = 1 + random.below(rest as u64) as usize;
        rest -= below;
        // Siblings often follow at once, and sometimes take no time.
        let start = at + random.below((to - at).max(1) / 4 + 1);
        let end = match below {
            1 if random.happens(10) => start,
            _ if rest == 0 && random.happens(20) => to,
            _ => start + random.below((to - start) / 2 + 1),
        };
        nest(random, nodes, next_id, (start, end, id), below);
        at = end;
    }
    nodes.push(node(id, parent, from, to));
}

/// Makes something of one span that is not so in a trace of one thread.
pub(super) fn disturb(random: &mut Random, nodes: &mut [Node]) {
    let count = nodes.len() as u64;
    let other = random.below(count) as usize;
    let at = random.below(count) as usize;
    match random.below(12) {
        0 => nodes[at].id = nodes[other].id,
        1 => nodes[at].parent = nodes[other].id,
        2 => nodes[at].end_ns += random.below(50_000),
        3 => nodes[at].start_ns = nodes[at].start_ns.saturating_sub(random.below(50_000)),
        4 => nodes.swap(at, other),
        5 => nodes[at].edge = Edge::Detached,
        6 => nodes[at].edge = Edge::Queue,
        7 => nodes[at].open = true,
        8 => nodes[at].remote_parent = true,
        9 => nodes[at].end_ns = nodes[at].start_ns,
        10 => nodes[at].parent = 0,
        _ => nodes[at].id = 0,
    }
}

/// By start, by end, or in no order.
fn put_in_some_order(random: &mut Random, nodes: &mut [Node]) {
    match random.below(3) {
        0 => nodes.sort_by_key(|node| node.start_ns),
        1 => nodes.sort_by_key(|node| node.end_ns),
        _ => {
            for at in (1..nodes.len()).rev() {
                nodes.swap(at, random.below(at as u64 + 1) as usize);
            }
        }
    }
}

/// Options of any kind, with tolerances that matter.
pub(super) fn options(random: &mut Random) -> Options {
    Options {
        policy: random.of(&[Policy::Detach, Policy::Clamp]),
        late_ns: random.of(&[0, 1, 1_000, 2_000_000]),
        late_per_mille: random.of(&[0, 1, 100]),
        skew_ns: random.of(&[0, 0, 0, 1, 2_000]),
        now_ns: random.of(&[0, 1_100, 1_100_000]),
    }
}
