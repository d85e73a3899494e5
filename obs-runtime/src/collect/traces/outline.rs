//! From the records of a trace to its outline: what it takes to judge it, and no more.

use obs::collector::spans::{Anchor, Edge as Hanging, Record, Status as Went, What};

use super::live::Live;
use crate::model::trace::{Edge, Missing, Node, Outline, Root, Status, TraceId};

/// Memory that is used for one outline after another.
#[derive(Default)]
pub(super) struct Draft {
    nodes: Vec<Node>,
    statuses: Vec<Status>,
    /// Where spans are among the nodes, by number.
    places: Vec<(u64, u32)>,
}

impl Draft {
    /// The outline of a trace; `None` where nothing but what was said of spans has come.
    pub(super) fn of(&mut self, live: &Live, anchor: &Anchor) -> Option<Outline<'_>> {
        self.nodes.clear();
        self.statuses.clear();
        self.places.clear();
        let mut root = None;
        let (mut failed, mut starts) = (false, 0);
        for record in live.records() {
            match record.what() {
                What::End => {
                    if Some(record.span()) == live.root {
                        root = Some(self.nodes.len() as u32);
                    }
                    self.nodes.push(node(record, anchor));
                    self.statuses.push(status(record.status()));
                }
                What::Start => starts += 1,
                What::Attributes => failed |= record.status() == Went::Error,
                _ => {}
            }
        }
        let open = live.is_open() && starts > 0;
        if open || failed {
            self.sort();
        }
        if failed {
            self.add_failures(live);
        }
        if open {
            self.add_open(live, anchor, &mut root);
        }
        let open = self.nodes.iter().filter(|node| node.open).count() as u64;
        if self.nodes.is_empty() {
            return None;
        }
        let [high, low] = live.id;
        Some(Outline {
            id: TraceId::new(u128::from(high) << 64 | u128::from(low))?,
            nodes: &self.nodes,
            statuses: &self.statuses,
            root: root.map(|node| Root {
                node,
                share: live.share,
            }),
            forced: live.forced,
            missing: Missing {
                ring_full: live.touched,
                spans_over_limit: live.over_limit,
                open,
                ..Missing::default()
            },
        })
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
