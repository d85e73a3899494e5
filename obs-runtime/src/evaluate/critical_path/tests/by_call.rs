//! Traces of one thread, added up by call: they come to the same as each span by itself.

use super::random::{Random, disturb, nested};
use crate::evaluate::bottlenecks::{Bottlenecks, Cohort, Limits};
use crate::evaluate::critical_path::{Node, Options, Walker};
use crate::evaluate::traces::Operations;
use crate::model::trace::{ByCall, Calls, Edge, Missing, Outline, Root, Spans, Status, TraceId};

/// What is worked out of traces.
#[derive(Default)]
struct Sums {
    bottlenecks: Bottlenecks,
    operations: Operations,
}

impl Sums {
    fn new(limits: Limits) -> Sums {
        Sums {
            bottlenecks: Bottlenecks::new(limits),
            operations: Operations::default(),
        }
    }

    fn add_each(&mut self, id: TraceId, nodes: &[Node], cohort: Option<Cohort>) {
        let mut walker = Walker::new();
        let path = walker.walk(nodes, &Options::default());
        self.bottlenecks.add(&path, id, cohort);
        let statuses = vec![Status::Unset; nodes.len()];
        let spans = Spans::Each {
            nodes,
            statuses: &statuses,
        };
        self.operations.add(&outline(id, spans, nodes));
    }

    fn add_calls(&mut self, id: TraceId, calls: Calls<'_>, nodes: &[Node], cohort: Option<Cohort>) {
        self.bottlenecks.add_calls(calls.calls, id, cohort);
        let spans = Spans::ByCall(calls);
        self.operations.add(&outline(id, spans, nodes));
    }

    /// All of it as text.
    fn facts(&self) -> Vec<String> {
        let paths = self.bottlenecks.paths();
        let mut facts: Vec<String> = paths
            .map(|path| format!("{:?}: {:?}", path.operations(), path.figures()))
            .chain(self.bottlenecks.operations().map(|of| format!("{of:?}")))
            .chain(self.bottlenecks.roots().map(|of| format!("{of:?}")))
            .chain(self.operations.iter().map(|of| format!("{of:?}")))
            .collect();
        facts.sort();
        facts
    }
}

fn outline<'a>(id: TraceId, spans: Spans<'a>, nodes: &[Node]) -> Outline<'a> {
    Outline {
        id,
        spans,
        root: nodes.last().map(|root| Root::of(root, u32::MAX)),
        forced: false,
        missing: Missing::default(),
    }
}

/// Adds random traces both ways; returns how many of those that were not disturbed, and of those that were, could be added up.
fn compare(limits: Limits, seeds: std::ops::Range<u64>, spans: u64) -> [(u32, u32); 2] {
    let (mut each, mut added) = (Sums::new(limits), Sums::new(limits));
    let mut by_call = ByCall::default();
    let mut could = [(0, 0); 2];
    for seed in seeds {
        let mut random = Random::new(seed);
        let spans = 1 + random.below(spans) as usize;
        let mut nodes = nested(&mut random, spans);
        let operations = random.of(&[1, 2, 5, 100]);
        for node in &mut nodes {
            node.operation = 1 + random.below(operations) as u32;
            node.component = random.below(2) as u32;
            node.polled = random.happens(30);
            node.busy_ns = random.below(node.end_ns - node.start_ns + 2);
            if random.happens(10) {
                node.edge = Edge::Queue;
            }
        }
        let disturbed = random.happens(40);
        if disturbed {
            disturb(&mut random, &mut nodes);
        }
        let (root, others) = nodes.split_last().expect("there is a span");
        let is_added = by_call.add(root, others.iter().rev().copied());
        let of = &mut could[usize::from(disturbed)];
        (of.0, of.1) = (of.0 + u32::from(is_added), of.1 + 1);
        if !is_added {
            continue;
        }
        let id = TraceId::new(u128::from(seed) + 1).expect("it is not 0");
        let cohort = random.of(&[None, Some(Cohort::Slow), Some(Cohort::Middle)]);
        each.add_each(id, &nodes, cohort);
        added.add_calls(id, by_call.calls(), &nodes, cohort);
        let calls = by_call.calls();
        let own: u64 = calls.calls.iter().map(|call| call.own_ns()).sum();
        assert_eq!(
            own, calls.calls[0].took_ns,
            "seed {seed}: all of the root's time, once"
        );
        if seed % 64 == 0 {
            assert_eq!(added.facts(), each.facts(), "up to seed {seed}");
        }
    }
    assert_eq!(added.facts(), each.facts());
    could
}

#[test]
fn what_is_added_up_by_call_is_what_each_span_says() {
    let [plain, disturbed] = compare(Limits::default(), 0..4_000, 40);
    // Others have spans that take no time, or more call paths than are told apart; some disturbances disturb nothing.
    assert!(plain.0 * 4 > plain.1, "{plain:?}");
    assert!(
        disturbed.0 > 0 && disturbed.0 * 2 < disturbed.1,
        "{disturbed:?}"
    );
}

#[test]
fn what_is_beyond_the_limits_of_paths_comes_to_the_same() {
    let limits = Limits {
        paths_of_a_root: 6,
        paths: 30,
        depth: 3,
        operations: 8,
    };
    let [plain, _] = compare(limits, 10_000..12_000, 30);
    assert!(plain.0 * 4 > plain.1, "{plain:?}");
}
