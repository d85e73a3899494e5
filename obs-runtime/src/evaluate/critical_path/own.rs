//! What own time is made of.

use super::Node;
use super::segment::{Class, Segment};
use super::tree::{Branch, Tree};
use super::walk::Frame;
use crate::model::trace::Edge;

/// What decides the classes of a span's own time.
#[derive(Clone, Copy)]
pub(super) enum Nature {
    /// All of one class.
    Whole(Class),
    /// What is left of it was run.
    Runs,
    /// What is left of it was run for `busy` of `wall` ns, and waited.
    Polled { busy: u64, wall: u64 },
}

impl Nature {
    /// Of a span; one that is missing has no node.
    pub(super) fn of(node: Option<&Node>, branch: &Branch) -> Nature {
        match node {
            None => Nature::Whole(Class::Gap),
            Some(node) if node.edge == Edge::Queue => Nature::Whole(Class::Queue),
            Some(node) if node.polled => {
                let wall = branch.end - branch.start;
                let busy = node.busy_ns.min(wall);
                Nature::Polled { busy, wall }
            }
            Some(_) => Nature::Runs,
        }
    }
}

/// Adds the own time of a frame between its current end and an earlier moment, the latest piece first.
#[inline]
pub(super) fn push(
    frame: &mut Frame,
    tree: &Tree,
    nodes: &[Node],
    from: u64,
    into: &mut Vec<Segment>,
) {
    if tree.branches[frame.node as usize].plain && frame.beside >= frame.cur {
        into.push(Segment {
            from_ns: from,
            to_ns: frame.cur,
            node: frame.node,
            class: Class::Run,
        });
    } else {
        push_pieces(frame, tree, nodes, from, into);
    }
}

/// The same where it is more than one piece, or not simply run.
#[inline(never)]
fn push_pieces(frame: &mut Frame, tree: &Tree, nodes: &[Node], from: u64, into: &mut Vec<Segment>) {
    let place = frame.node as usize;
    let node = nodes.get(place);
    let nature = Nature::of(node, &tree.branches[place]);
    let open = node.is_some_and(|node| node.open);
    let mut to = frame.cur;
    let node = frame.node;
    let mut piece = |from_ns: u64, to_ns: u64, class: Class| {
        if from_ns < to_ns {
            into.push(Segment {
                from_ns,
                to_ns,
                node,
                class,
            });
        }
    };
    if let Nature::Whole(class) = nature {
        return piece(from, to, class);
    }
    if open && !frame.taken {
        return piece(from, to, Class::Open);
    }
    // Whatever was passed over still ran here, so that the earliest of them says since when.
    let since = frame.beside.max(from);
    if since < to {
        piece(since, to, Class::Overlap);
        to = since;
    }
    let Nature::Polled { busy, wall } = nature else {
        return piece(from, to, Class::Run);
    };
    let before = frame.divided;
    frame.divided += to - from;
    let ran = Node::ran_ns(frame.divided, busy, wall) - Node::ran_ns(before, busy, wall);
    piece(from + ran, to, Class::Wait);
    piece(from, from + ran, Class::Run);
}
