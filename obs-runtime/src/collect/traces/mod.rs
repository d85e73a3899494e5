//! From the records of all threads to traces.
//!
//! In: the process's one collector of spans, the clocks of the caller.
//! Out: an [`Outline`] of every trace that is complete, or as complete as it will be, and a
//! [`Trace`](crate::model::trace::Trace) of those that are asked for.
//! Loss: spans beyond a trace's limit, traces beyond those that may be live, what comes too late; each is counted.
//!
//! # What becomes of a trace
//!
//! It is **complete** when its root has ended, no span that said it started is open, and all rings have been looked at once
//! more since: whatever happened before the end of the root is in. One of which nothing was handed out of the thread of its root is in one
//! ring, and complete when its root ends, while it is near. Where spans are open still, it is given
//! [`LINGER`] after the root's end; those are shown as open then. What comes later belongs to a trace that is **late**: it is
//! put together with the rest where that was kept, and counted. Where the root has not ended, the trace stays live, however long
//! that takes; where records of it were dropped, or its root never came, it is given [`GIVEN_UP`] without a record, and is
//! **incomplete**. Where there are too many live traces, or too many records of them, those go that wait for open spans alone, and then the
//! one that was idle longest goes the same way.

/// From records to a trace.
mod assemble;
/// All traces that are not complete.
mod collection;
/// The records of one trace.
mod live;
/// Names of sites, components and threads.
mod names;
/// From records to an outline.
mod outline;
/// What this stage counts about itself.
pub(crate) mod own;
/// What was discarded, and what was too late.
mod past;
/// Traces that are not complete, as they are so far.
mod so_far;

pub(crate) use collection::{Collected, Collection, Counts, Judging, Limits};
pub(crate) use names::Names;
pub(crate) use so_far::open_span;

use std::time::Duration;

/// How long a trace waits for spans that are open when its root has ended. More: what goes on in the background is a part of
/// it. Less: traces are shown sooner.
pub(crate) const LINGER: Duration = Duration::from_secs(2);

/// How long a trace waits for records when its root will not come.
pub(crate) const GIVEN_UP: Duration = Duration::from_secs(10);

/// A poll that takes longer blocks its executor: it is counted, and told with the span. 10 ms.
pub(crate) const LONG_POLL_NS: u64 = 10_000_000;

#[cfg(test)]
mod tests;
