//! A span as the walk sees it: numbers alone.

use super::{Edge, Span};

/// A span as the walk sees it: numbers alone, so that every trace can be walked before it is known whether it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its id; 0 for one that nobody can name.
    pub id: u64,
    /// The id of its parent; 0 for none.
    pub parent: u64,
    /// When it began.
    pub start_ns: u64,
    /// When it ended; of one that has not, when it was last seen.
    pub end_ns: u64,
    /// Time inside polls, if it is polled.
    pub busy_ns: u64,
    /// The number of its operation; the walk does not look at it.
    pub operation: u32,
    /// The number of its component; the walk does not look at it.
    pub component: u32,
    /// How it hangs on its parent.
    pub edge: Edge,
    /// Whether the parent is of another process: then it is no orphan though the parent is not there.
    pub remote_parent: bool,
    /// Whether it has not ended.
    pub open: bool,
    /// Whether it is polled, which makes `busy_ns` known.
    pub polled: bool,
}

impl Node {
    /// Of a stored span; its operation and component have no numbers.
    pub fn of(span: &Span) -> Node {
        Node {
            id: span.id.get(),
            parent: span.parent.map_or(0, |parent| parent.get()),
            start_ns: span.start_ns,
            end_ns: span.end_ns,
            busy_ns: span.busy_ns.unwrap_or(0),
            operation: 0,
            component: 0,
            edge: span.edge,
            remote_parent: span.remote_parent,
            open: span.open,
            polled: span.busy_ns.is_some(),
        }
    }

    /// Of so much of its own time what it ran, rounded down, where it is polled and lasted that long.
    pub(crate) fn ran_ns(own_ns: u64, busy_ns: u64, lasted_ns: u64) -> u64 {
        match own_ns.checked_mul(busy_ns) {
            Some(product) => product.checked_div(lasted_ns).unwrap_or(0),
            // Own time is not longer than the whole, so that this is at most `busy_ns`.
            None => {
                (u128::from(own_ns) * u128::from(busy_ns) / u128::from(lasted_ns.max(1))) as u64
            }
        }
    }
}
