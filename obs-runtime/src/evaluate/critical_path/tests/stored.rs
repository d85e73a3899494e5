//! The path of a stored trace.

use std::sync::Arc;

use super::fixture::{UNIT, nodes};
use crate::evaluate::critical_path::{Node, Options, Policy, Standing, analyse};
use crate::model::trace::{self, Kept, Kind, Missing, Span, SpanId, Status, Trace, TraceId};

fn stored(text: &str, policy: trace::Policy) -> Trace {
    Trace {
        id: TraceId::new(1).expect("it is not 0"),
        spans: nodes(text).iter().map(span).collect(),
        kept: Kept {
            policy,
            weight: 1.0,
        },
        missing: Missing::default(),
        tracestate: String::new(),
    }
}

fn span(node: &Node) -> Span {
    Span {
        id: SpanId::new(node.id).expect("it has a name"),
        parent: SpanId::new(node.parent),
        remote_parent: node.remote_parent,
        operation: Arc::from("work"),
        component: None,
        kind: Kind::Internal,
        edge: node.edge,
        status: Status::Unset,
        status_message: String::new(),
        start_ns: node.start_ns,
        end_ns: node.end_ns,
        open: node.open,
        busy_ns: node.polled.then_some(node.busy_ns),
        polls: 0,
        start_thread: None,
        end_thread: None,
        attributes: Vec::new(),
        attributes_cut: 0,
        events: Vec::new(),
        links: Vec::new(),
    }
}

#[test]
fn a_stored_trace_has_the_path_of_its_nodes() {
    let trace = stored("P0-100:b40 B10-40<P:q C50-90<M R5-6", trace::Policy::Slow);
    let nodes: Vec<Node> = trace.spans.iter().map(Node::of).collect();
    let found = analyse(&trace, None, &Options::of(&trace));
    let mut walker = crate::evaluate::critical_path::Walker::new();
    let path = walker.walk(&nodes, &Options::default());
    assert_eq!(found.segments, path.segments());
    assert_eq!(found.facts, path.facts());
    assert_eq!(found.counts, path.counts());
    assert_eq!((found.root, found.duration_ns), (Some(0), 100 * UNIT));
    assert_eq!(
        (found.other_roots, found.missing),
        (vec![3], vec![u64::from(b'M')])
    );
}

#[test]
fn the_path_of_any_span_can_be_asked_for() {
    let trace = stored("P0-100 B10-40<P C20-30<B", trace::Policy::Slow);
    let found = analyse(&trace, Some(1), &Options::of(&trace));
    assert_eq!((found.root, found.duration_ns), (Some(1), 30 * UNIT));
    assert_eq!(found.facts[0].standing, Standing::Apart);
    assert_eq!(found.facts[2].standing, Standing::Critical);
    let nobody = analyse(&trace, Some(9), &Options::of(&trace));
    assert_eq!((nobody.root, nobody.segments.len()), (None, 0));
}

#[test]
fn children_in_a_trace_from_a_file_are_cut_where_they_outlive() {
    let text = "P0-100 B10-500<P";
    let (own, other) = (
        stored(text, trace::Policy::Slow),
        stored(text, trace::Policy::Imported),
    );
    assert_eq!(analyse(&own, None, &Options::of(&own)).segments.len(), 1);
    let found = analyse(&other, None, &Options::of(&other));
    assert_eq!((found.policy, found.segments.len()), (Policy::Clamp, 2));
}
