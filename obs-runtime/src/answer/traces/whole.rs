//! A trace as a tree with its critical path, as wire types.

use std::sync::Arc;

use super::tree::{Row, Tree};
use super::words;
use crate::api::traces as api;
use crate::evaluate::critical_path::{
    Analysis, Class, Counts, Facts, Options, Segment, Standing, analyse,
};
use crate::model::trace::{Edge, Event, Link, Missing, Span, Trace};

/// A trace that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The trace.
    pub trace: Arc<Trace>,
    /// Whether it is under way still: then it is as it is so far, and nothing has decided whether it is kept.
    pub is_live: bool,
    /// Names of its threads, by number, where they are known.
    pub threads: Vec<(u32, Arc<str>)>,
}

impl From<Trace> for Whole {
    /// A trace that is kept, by a process of whose threads nothing is known.
    fn from(trace: Trace) -> Whole {
        Whole {
            trace: Arc::new(trace),
            is_live: false,
            threads: Vec::new(),
        }
    }
}

/// A trace as a tree, with the critical path of its root or of the span at another place among its spans; that of a place which does
/// not exist is empty. It is worked out now, in nanoseconds since 1970.
pub fn whole(whole: &Whole, root: Option<u32>, now_ns: u64) -> api::Trace {
    let trace = &*whole.trace;
    let options = Options::of(trace);
    let analysis = analyse(trace, None, &options);
    let tree = Tree::of(trace, &analysis);
    let path = match root {
        Some(_) => &analyse(trace, root, &options),
        None => &analysis,
    };
    let start_ns = start_ns(trace);
    let end_ns = trace.spans.iter().map(|span| span.end_ns).max();
    api::Trace {
        id: trace.id.to_string(),
        now_unix_ns: now_ns,
        start_unix_ns: start_ns,
        duration_ns: end_ns.unwrap_or_default().saturating_sub(start_ns),
        kept: (!whole.is_live).then(|| api::Kept {
            policy: words::policy(trace.kept.policy),
            weight: trace.kept.weight,
        }),
        incomplete: trace.missing.is_incomplete(),
        missing: missing(trace.missing),
        tracestate: trace.tracestate.clone(),
        spans: spans(trace, &tree, path, start_ns),
        critical_path: critical_path(&tree, path, start_ns),
        threads: whole.threads.iter().map(thread).collect(),
    }
}

/// When the earliest span began.
fn start_ns(trace: &Trace) -> u64 {
    let starts = trace.spans.iter().map(|span| span.start_ns);
    starts.min().unwrap_or_default()
}

fn thread((number, name): &(u32, Arc<str>)) -> api::Thread {
    api::Thread {
        number: *number,
        name: Some(name.to_string()),
    }
}

fn missing(of: Missing) -> api::Missing {
    api::Missing {
        ring_full: of.ring_full,
        spans_over_limit: of.spans_over_limit,
        orphans: of.orphans,
        open: of.open,
        duplicates: of.duplicates,
    }
}

/// The spans in the order of the tree.
fn spans(trace: &Trace, tree: &Tree, path: &Analysis, start_ns: u64) -> Vec<api::Span> {
    let mut spans: Vec<api::Span> = Vec::with_capacity(tree.rows.len());
    for row in &tree.rows {
        let of = &trace.spans[row.span as usize];
        let facts = &path.facts[row.span as usize];
        let above = row.above.map(|above| spans[above as usize].standing);
        let standing = standing(of, facts.standing, above);
        spans.push(api::Span {
            standing,
            ..span(of, row, facts, start_ns)
        });
    }
    spans
}

/// How a span stands to the path, and, where nobody waits for it, why.
fn standing(of: &Span, standing: Standing, above: Option<api::Standing>) -> api::Standing {
    match (standing, above) {
        (Standing::Critical, _) => api::Standing::Critical,
        (Standing::Parallel, _) => api::Standing::Parallel,
        (Standing::Outlives, _) => api::Standing::Outlives,
        (Standing::Outside, _) => api::Standing::Outside,
        (Standing::Duplicate, _) => api::Standing::Duplicate,
        (Standing::Apart, None) => api::Standing::OtherRoot,
        (Standing::Apart, Some(_)) if of.edge == Edge::Detached => api::Standing::Detached,
        (Standing::Apart, Some(above @ (api::Standing::Outlives | api::Standing::OtherRoot))) => {
            above
        }
        (Standing::Apart, Some(_)) => api::Standing::Detached,
    }
}

fn span(of: &Span, row: &Row, facts: &Facts, start_ns: u64) -> api::Span {
    api::Span {
        id: of.id.to_string(),
        parent: of.parent.map(|parent| parent.to_string()),
        remote_parent: of.remote_parent,
        above: row.above,
        depth: row.depth,
        below: row.below,
        orphan: row.is_orphan,
        operation: of.operation.to_string(),
        component: of.component.as_ref().map(ToString::to_string),
        kind: words::kind(of.kind),
        edge: words::edge(of.edge),
        status: words::status(of.status),
        status_message: of.status_message.clone(),
        start_ns: of.start_ns.saturating_sub(start_ns),
        end_ns: of.end_ns.saturating_sub(start_ns),
        open: of.open,
        busy_ns: of.busy_ns,
        polls: of.polls,
        start_thread: of.start_thread,
        end_thread: of.end_thread,
        standing: api::Standing::Unknown,
        own_ns: facts.own_ns,
        critical_ns: facts.critical_ns,
        slack_ns: facts.slack_ns,
        drag_ns: facts.drag_ns,
        attributes: words::attributes(&of.attributes),
        attributes_cut: of.attributes_cut,
        events: of.events.iter().map(|of| event(of, start_ns)).collect(),
        links: of.links.iter().map(link).collect(),
    }
}

fn event(of: &Event, start_ns: u64) -> api::Event {
    let after = i128::from(of.time_ns) - i128::from(start_ns);
    api::Event {
        time_ns: i64::try_from(after).unwrap_or(if after < 0 { i64::MIN } else { i64::MAX }),
        name: of.name.to_string(),
        attributes: words::attributes(&of.attributes),
        attributes_cut: of.attributes_cut,
    }
}

fn link(of: &Link) -> api::Link {
    api::Link {
        trace: of.trace.to_string(),
        span: of.span.to_string(),
        attributes: words::attributes(&of.attributes),
        tracestate: of.tracestate.clone(),
    }
}

fn critical_path(tree: &Tree, path: &Analysis, start_ns: u64) -> api::CriticalPath {
    let sum = |class: Class| {
        let of_class = path.segments.iter().filter(|of| of.class == class);
        of_class.map(|of| u128::from(of.duration_ns())).sum()
    };
    let other_roots = path.other_roots.iter();
    api::CriticalPath {
        root: path.root.and_then(|root| tree.row(root)),
        other_roots: other_roots.filter_map(|root| tree.row(*root)).collect(),
        duration_ns: path.duration_ns,
        waiting: words::waiting(path.policy),
        segments: path
            .segments
            .iter()
            .map(|of| segment(tree, of, start_ns))
            .collect(),
        by_class: words::by_class(sum),
        missing: path.missing.iter().map(|id| format!("{id:016x}")).collect(),
        faults: faults(path.counts),
    }
}

fn segment(tree: &Tree, of: &Segment, start_ns: u64) -> api::Segment {
    let span = tree.row(of.node);
    // Those that are missing are numbered on from those that are there.
    let missing = of.node.saturating_sub(tree.rows.len() as u32);
    api::Segment {
        from_ns: of.from_ns.saturating_sub(start_ns),
        to_ns: of.to_ns.saturating_sub(start_ns),
        span,
        missing: span.is_none().then_some(missing),
        class: words::class(of.class),
    }
}

fn faults(of: Counts) -> api::Faults {
    api::Faults {
        duplicates: of.duplicates,
        cycles: of.cycles,
        orphans: of.orphans,
        outside: of.outside,
        outlives: of.outlives,
        backwards: of.backwards,
        open: of.open,
    }
}
