//! The critical path of a trace: what it was waiting for, at each moment between the start and the end of its root.
//!
//! In: the spans of one trace as [`Node`]s, in any order, and [`Options`].
//! Out: [`Segment`]s in order of time, disjoint, which add up to the time of the root exactly.
//! Loss: none; whatever is wrong with the spans is mended as said below, and counted in [`Counts`].
//!
//! # Which spans are on it
//!
//! *The tree.* Of spans with one id the one that has ended is kept, and of several the first. A span whose end lies before its
//! start has no length. The **root** is the earliest span without a parent or with one that is remote and not here; of several
//! that start together the longest, then that of the least id; the others are listed, and each has a path of its own
//! ([`Path::follow`]). Where spans are each other's parents, the earliest of them is cut off and becomes a root. A span whose
//! parent is not here and not remote is an orphan: for each parent that is missing there is a synthetic child of the root that
//! lasts from the first start of its orphans to the last end of those it waits for. Where every root is an orphan, orphans are
//! the roots. A span that has not ended lasts until all below it have, until it was last seen, or until now, whichever is
//! latest.
//!
//! *Who waits.* A parent waits for its children of edge `call` and `queue`. A child that ends later than its parent, by more
//! than a tolerance, **outlives** it: with [`Policy::Detach`] the parent did not wait for it, with [`Policy::Clamp`], and for
//! each child of a remote parent, the child is cut at the parent's end. A child that its parent waits for is seen within the
//! time of its parent alone; nothing left of it: it is **outside**, and what is below it is not looked at.
//!
//! *The walk.* From the end of a span backwards: the child that ended last was waited for, until its start; from there on the
//! child that had ended last by then, and so on to the start of the span. A child that still ran when a later one of the path
//! began ran beside it: it is **parallel**. Of children that end together the earliest is taken, and a child that ends as
//! another starts comes before it.
//!
//! # What the time went to
//!
//! What no child of the path covers is a span's *own* time on the path. The first of these that holds is its [`Class`]:
//!
//! * `gap`: the span is one of those that are missing: something ran, nobody knows what;
//! * `queue`: the span is the wait in a queue (edge `queue`);
//! * `open`: the span has not ended, and this is its time since the last child of the path;
//! * `overlap`: a child that it waits for, but that is parallel, ran meanwhile;
//! * `run` and `wait`: everything else. `wait` is only of spans that are polled: own time in which they were not. Just the
//!   totals are known, so own time is divided as the whole span is: of `n` ns the first `n × busy / duration`, rounded
//!   down, are `run`. Where a span has several such pieces, sums from the last piece on are rounded and not pieces, so that
//!   the `run` of all of them is that of their sum. Where in a piece the waiting was is an estimate.
//!
//! [`Node`]: crate::evaluate::critical_path::Node
//! [`Options`]: crate::evaluate::critical_path::Options
//! [`Segment`]: crate::evaluate::critical_path::Segment
//! [`Counts`]: crate::evaluate::critical_path::Counts
//! [`Path::follow`]: crate::evaluate::critical_path::Path::follow
//! [`Policy::Detach`]: crate::evaluate::critical_path::Policy::Detach
//! [`Policy::Clamp`]: crate::evaluate::critical_path::Policy::Clamp
//! [`Class`]: crate::evaluate::critical_path::Class

/// How a path is found.
mod options;

/// What a path consists of.
mod segment;

/// What is wrong with a trace.
mod counts;

/// Which span an id is.
mod ids;

/// Spans, their children, and the time within which they are seen.
mod tree;

/// From the end backwards.
mod walk;

/// What own time is made of.
mod own;

/// The scratch that walks use again, and what it holds after one.
mod walker;

/// What is known of each span beside the path.
mod facts;

/// The path of a stored trace.
mod stored;

#[cfg(test)]
mod tests;

pub use crate::model::trace::Node;
pub use counts::Counts;
pub use facts::{Facts, Standing};
pub use options::{Options, Policy};
pub use segment::{Class, Segment, Step};
pub use stored::{Analysis, analyse};
pub use walker::{Path, Walker};
