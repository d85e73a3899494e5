//! Traces of files as a runtime would hand them out, with their critical paths.

/// What is said of spans.
mod said;
/// Spans in the order of a tree.
mod tree;

/// As files of another format.
mod file;

use obs_runtime::api::traces::{
    ByClass, CriticalPath, Faults, Kept, Missing, Segment, Span, Standing, Trace, TraceSummary,
    Waiting,
};
use obs_runtime::evaluate::critical_path::{self, Analysis, Options, analyse};
use obs_runtime::model::trace::{self, Edge};

pub(crate) use file::write;

use tree::Tree;

/// A trace as a runtime would hand it out.
pub(crate) fn whole(trace: &trace::Trace, now_unix_ns: u64) -> Trace {
    let analysis = analyse(trace, None, &Options::of(trace));
    let tree = Tree::of(trace, analysis.root);
    let start_unix_ns = trace.spans.iter().map(|span| span.start_ns).min();
    let start_unix_ns = start_unix_ns.unwrap_or_default();
    let last = trace.spans.iter().map(|span| span.end_ns).max();
    let mut spans: Vec<Span> = Vec::with_capacity(tree.order.len());
    for &place in &tree.order {
        let span = &trace.spans[place as usize];
        let facts = &analysis.facts[place as usize];
        let mut told = said::span(span, start_unix_ns);
        tree.hang(place, &mut told);
        let above = told.above.map(|above| spans[above as usize].standing);
        told.standing = standing(facts.standing, span.edge, above);
        told.own_ns = facts.own_ns;
        told.critical_ns = facts.critical_ns;
        told.slack_ns = facts.slack_ns;
        told.drag_ns = facts.drag_ns;
        spans.push(told);
    }
    Trace {
        id: trace.id.to_string(),
        now_unix_ns,
        start_unix_ns,
        duration_ns: last.unwrap_or_default().saturating_sub(start_unix_ns),
        kept: Some(Kept {
            policy: said::policy(trace.kept.policy),
            weight: trace.kept.weight,
        }),
        incomplete: trace.missing.is_incomplete(),
        missing: missing(trace.missing),
        tracestate: trace.tracestate.clone(),
        spans,
        critical_path: path(&analysis, &tree, start_unix_ns),
        threads: Vec::new(),
    }
}

/// A trace as it stands in a list.
pub(crate) fn summary(trace: &Trace) -> TraceSummary {
    let root = trace.critical_path.root.unwrap_or_default();
    let root = trace.spans.get(root as usize).cloned().unwrap_or_default();
    let mut components: Vec<String> = trace
        .spans
        .iter()
        .filter_map(|span| span.component.clone())
        .collect();
    components.sort_unstable();
    components.dedup();
    components.truncate(COMPONENTS);
    let kept = trace.kept.unwrap_or_default();
    TraceSummary {
        id: trace.id.clone(),
        start_unix_ns: trace.start_unix_ns.saturating_add(root.start_ns),
        duration_ns: root.duration_ns(),
        operation: root.operation,
        component: root.component,
        status: root.status,
        failed: trace.spans.iter().any(|span| span.status.is_failure()),
        spans: u32::try_from(trace.spans.len()).unwrap_or(u32::MAX),
        components,
        policy: kept.policy,
        weight: kept.weight,
        incomplete: trace.incomplete,
        own_ns: None,
    }
}

/// As many components of a trace are told as a runtime tells.
const COMPONENTS: usize = 64;

/// How a span stands to the path, and, where nobody waits for it, why.
fn standing(known: critical_path::Standing, edge: Edge, above: Option<Standing>) -> Standing {
    match (known, above) {
        (critical_path::Standing::Critical, _) => Standing::Critical,
        (critical_path::Standing::Parallel, _) => Standing::Parallel,
        (critical_path::Standing::Outlives, _) => Standing::Outlives,
        (critical_path::Standing::Outside, _) => Standing::Outside,
        (critical_path::Standing::Duplicate, _) => Standing::Duplicate,
        (critical_path::Standing::Apart, None) => Standing::OtherRoot,
        (
            critical_path::Standing::Apart,
            Some(above @ (Standing::Outlives | Standing::OtherRoot)),
        ) if edge != Edge::Detached => above,
        (critical_path::Standing::Apart, Some(_)) => Standing::Detached,
    }
}

fn missing(missing: trace::Missing) -> Missing {
    Missing {
        ring_full: missing.ring_full,
        spans_over_limit: missing.spans_over_limit,
        orphans: missing.orphans,
        open: missing.open,
        duplicates: missing.duplicates,
    }
}

fn path(analysis: &Analysis, tree: &Tree, start_unix_ns: u64) -> CriticalPath {
    let spans = tree.order.len();
    let mut by_class = ByClass::default();
    let segments = analysis.segments.iter().map(|segment| {
        let place = segment.node as usize;
        let class = said::class(segment.class);
        said::add(&mut by_class, class, segment.duration_ns());
        Segment {
            from_ns: segment.from_ns.saturating_sub(start_unix_ns),
            to_ns: segment.to_ns.saturating_sub(start_unix_ns),
            span: (place < spans).then(|| tree.number(segment.node)),
            missing: place
                .checked_sub(spans)
                .and_then(|place| u32::try_from(place).ok()),
            class,
        }
    });
    let segments = segments.collect();
    let counts = analysis.counts;
    CriticalPath {
        root: analysis.root.map(|root| tree.number(root)),
        other_roots: analysis
            .other_roots
            .iter()
            .map(|root| tree.number(*root))
            .collect(),
        duration_ns: analysis.duration_ns,
        waiting: match analysis.policy {
            critical_path::Policy::Clamp => Waiting::Clamp,
            _ => Waiting::Detach,
        },
        segments,
        by_class,
        missing: analysis
            .missing
            .iter()
            .map(|id| format!("{id:016x}"))
            .collect(),
        faults: Faults {
            duplicates: counts.duplicates,
            cycles: counts.cycles,
            orphans: counts.orphans,
            outside: counts.outside,
            outlives: counts.outlives,
            backwards: counts.backwards,
            open: counts.open,
        },
    }
}

#[cfg(test)]
mod tests;
