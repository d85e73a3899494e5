//! From the records of a trace to its outline: what it takes to judge it, and no more.

use obs::collector::spans::{Anchor, Edge as Hanging, Record, Status as Went, What};

use super::live::Live;
use crate::model::trace::{ByCall, Edge, Missing, Node, Outline, Root, Spans, Status, TraceId};

/// Memory that is used for one outline after another.
#[derive(Default)]
pub(super) struct Draft {
    by_call: ByCall,
    nodes: Vec<Node>,
    statuses: Vec<Status>,
    /// Where spans are among the nodes, by number.
    places: Vec<(u64, u32)>,
}

impl Draft {
    /// The outline of a trace; `None` where nothing but what was said of spans has come.
    pub(super) fn of(&mut self, live: &Live, anchor: &Anchor) -> Option<Outline<'_>> {
        let id = TraceId::new(live.id)?;
        let outline = |spans, root, open| Outline {
            id,
            spans,
            root,
            forced: live.forced,
            missing: Missing {
                ring_full: live.touched,
                spans_over_limit: live.over_limit,
                open,
                ..Missing::default()
            },
        };
        if let Some(root) = self.add_by_call(live, anchor) {
            let spans = Spans::ByCall(self.by_call.calls());
            return Some(outline(spans, Some(root), 0));
        }
        let root = self.each(live, anchor);
        let open = self.nodes.iter().filter(|node| node.open).count() as u64;
        if self.nodes.is_empty() {
            return None;
        }
        let spans = Spans::Each {
            nodes: &self.nodes,
            statuses: &self.statuses,
        };
        let root = root.map(|root| Root::of(&self.nodes[root as usize], live.share));
        Some(outline(spans, root, open))
    }

    /// Adds up the spans of a trace by call, where that says all that is to be known of them; returns what it is about then.
    fn add_by_call(&mut self, live: &Live, anchor: &Anchor) -> Option<Root> {
        if live.ended_badly || live.failed || live.is_open() {
            return None;
        }
        let (last, others) = live.ends.split_last()?;
        let root = live.record_at(*last)?;
        if Some(root.span()) != live.root {
            return None;
        }
        let root = node(root, anchor);
        let others = LatestFirst {
            live,
            ends: others,
            anchor,
        };
        let is_added = self.by_call.add(&root, others);
        is_added.then(|| Root::of(&root, live.share))
    }

    /// Makes a node of each span; returns which is the root.
    fn each(&mut self, live: &Live, anchor: &Anchor) -> Option<u32> {
        self.nodes.clear();
        self.statuses.clear();
        self.places.clear();
        let mut root = None;
        let ends = live.ends.iter();
        for record in ends.filter_map(|end| live.record_at(*end)) {
            if Some(record.span()) == live.root {
                root = Some(self.nodes.len() as u32);
            }
            self.nodes.push(node(record, anchor));
            self.statuses.push(status(record.status()));
        }
        if live.is_open() || live.failed {
            self.sort();
        }
        if live.failed {
            self.add_failures(live);
        }
        if live.is_open() {
            self.add_open(live, anchor, &mut root);
        }
        root
    }

    fn sort(&mut self) {
        let ids = self.nodes.iter().map(|node| node.id).zip(0..);
        self.places.extend(ids);
        self.places.sort_unstable();
    }

    fn place(&self, span: u64) -> Option<u32> {
        let at = self
            .places
            .binary_search_by_key(&span, |(id, _)| *id)
            .ok()?;
        Some(self.places[at].1)
    }

    /// Spans that said that they started, and have not ended.
    fn add_open(&mut self, live: &Live, anchor: &Anchor, root: &mut Option<u32>) {
        for record in live.records() {
            if record.what() == What::Start
                && live.is_awaited(record.span())
                && self.place(record.span()).is_none()
            {
                if Some(record.span()) == live.root {
                    *root = Some(self.nodes.len() as u32);
                }
                let mut node = node(record, anchor);
                node.open = true;
                node.end_ns = anchor.unix_ns().max(node.start_ns);
                self.nodes.push(node);
                self.statuses.push(Status::Unset);
            }
        }
    }

    /// Spans of which it was said elsewhere that they failed.
    fn add_failures(&mut self, live: &Live) {
        for record in live.records() {
            if record.what() == What::Attributes
                && record.status() == Went::Error
                && let Some(place) = self.place(record.span())
                && let status = &mut self.statuses[place as usize]
                && matches!(status, Status::Unset | Status::Ok)
            {
                *status = Status::Error;
            }
        }
    }
}

/// Spans from the last one backwards.
struct LatestFirst<'a> {
    live: &'a Live,
    ends: &'a [u32],
    anchor: &'a Anchor,
}

impl Iterator for LatestFirst<'_> {
    type Item = Node;

    #[inline(always)]
    fn next(&mut self) -> Option<Node> {
        let (last, others) = self.ends.split_last()?;
        self.ends = others;
        Some(node(self.live.record_at(*last)?, self.anchor))
    }
}

/// A span as the walk sees it.
#[inline(always)]
fn node(record: Record<'_>, anchor: &Anchor) -> Node {
    let start = record.start();
    let polled = record.polled();
    let end = record.end();
    Node {
        id: record.span(),
        parent: record.parent(),
        start_ns: anchor.unix_ns_of(start.at, start.monotonic),
        end_ns: anchor.unix_ns_of(end.at, end.monotonic),
        busy_ns: polled.map_or(0, |polled| anchor.ns(polled.busy, start.monotonic)),
        operation: record.site(),
        component: record.component(),
        edge: edge(record.edge()),
        remote_parent: record.is_remote(),
        open: false,
        polled: polled.is_some(),
    }
}

pub(super) fn edge(edge: Hanging) -> Edge {
    match edge {
        Hanging::Call => Edge::Call,
        Hanging::Detached => Edge::Detached,
        Hanging::Queue => Edge::Queue,
    }
}

pub(super) fn status(status: Went) -> Status {
    match status {
        Went::Unset => Status::Unset,
        Went::Ok => Status::Ok,
        Went::Error => Status::Error,
        Went::Panicked => Status::Panicked,
        Went::Cancelled => Status::Cancelled,
    }
}
