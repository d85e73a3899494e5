//! The path of a stored trace, with everything that a viewer shows of it.

use super::{Counts, Facts, Node, Options, Policy, Segment, Walker};
use crate::model::trace::{self, Trace};

/// The critical path of a stored trace, and what is known of each of its spans beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// The policy by which it was found.
    pub policy: Policy,
    /// The root of the path, by its place among the spans; `None` where there are no spans.
    pub root: Option<u32>,
    /// Other roots of the trace; [`analyse`] with one of them says its path.
    pub other_roots: Vec<u32>,
    /// How long the root took, or has taken so far.
    pub duration_ns: u64,
    /// The path in order of time: disjoint pieces that add up to the duration. Places from the number of spans on are spans that
    /// are missing.
    pub segments: Vec<Segment>,
    /// Ids of the spans that are missing, from the number of spans on.
    pub missing: Vec<u64>,
    /// What is known of each span, in their order.
    pub facts: Vec<Facts>,
    /// What is wrong with the trace.
    pub counts: Counts,
}

impl Options {
    /// Those for a trace: one that was read from a file may be of several machines, whose clocks differ.
    pub fn of(trace: &Trace) -> Options {
        let policy = match trace.kept.policy {
            trace::Policy::Imported => Policy::Clamp,
            _ => Policy::Detach,
        };
        Options {
            policy,
            ..Options::default()
        }
    }
}

/// The critical path of a stored trace, or of the span at a place in it.
pub fn analyse(trace: &Trace, root: Option<u32>, options: &Options) -> Analysis {
    let nodes: Vec<Node> = trace.spans.iter().map(Node::of).collect();
    let mut walker = Walker::new();
    let mut path = walker.walk(&nodes, options);
    if let Some(root) = root {
        path = path.follow(root);
    }
    let places = nodes.len() as u32..;
    Analysis {
        policy: options.policy,
        root: path.root(),
        other_roots: path.other_roots().collect(),
        duration_ns: path.duration_ns(),
        segments: path.segments().to_vec(),
        missing: places.map_while(|place| path.missing(place)).collect(),
        facts: path.facts(),
        counts: path.counts(),
    }
}
