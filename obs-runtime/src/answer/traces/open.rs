//! What is under way, as wire types.

use super::words;
use crate::api::traces as api;
use crate::evaluate::traces::OpenSpans;
use crate::model::trace::OpenSpan;

/// What is under way: the first so many.
pub fn open(open: &OpenSpans, limit: usize) -> api::OpenSpans {
    let shown = open.spans.len().min(limit);
    let stuck = open.spans.iter().filter(|span| open.is_stuck(span)).count();
    api::OpenSpans {
        now_unix_ns: open.now_ns,
        stuck_after_ns: words::whole(open.stuck_after.as_nanos()),
        stuck: stuck as u64,
        spans: open.spans[..shown]
            .iter()
            .map(|of| span(open, of))
            .collect(),
        more: (open.spans.len() - shown) as u64,
    }
}

fn span(open: &OpenSpans, of: &OpenSpan) -> api::OpenSpan {
    let thread = |number| api::Thread {
        number,
        name: of.thread_name.as_ref().map(ToString::to_string),
    };
    api::OpenSpan {
        id: of.id.to_string(),
        trace: of.trace.to_string(),
        parent: of.parent.map(|parent| parent.to_string()),
        root: of.is_root,
        operation: of.operation.to_string(),
        component: of.component.as_ref().map(ToString::to_string),
        kind: words::kind(of.kind),
        edge: words::edge(of.edge),
        start_unix_ns: of.start_ns,
        age_ns: open.age_ns(of),
        thread: of.thread.map(thread),
        running: of.is_running,
        stuck: open.is_stuck(of),
        usual_ns: of.usual_ns,
        file: of.place.map(|(file, _)| file.to_owned()),
        line: of.place.map_or(0, |(_, line)| line),
    }
}
