//! A trace as a tree, with what is known of each span.

use serde::{Deserialize, Serialize};

use super::path::CriticalPath;
use super::said::{Attribute, Event, Link};
use super::words::{Edge, Policy, SpanKind, Standing, Status};

/// All that is known of one trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Its id.
    pub id: String,
    /// When it was worked out.
    pub now_unix_ns: u64,
    /// When the earliest of its spans began; times in a trace are nanoseconds after this.
    pub start_unix_ns: u64,
    /// From there to the latest end.
    pub duration_ns: u64,
    /// Why it is kept; none while it is under way: then its spans are those so far.
    pub kept: Option<Kept>,
    /// Whether something of it is known to be missing.
    pub incomplete: bool,
    /// What.
    pub missing: Missing,
    /// W3C `tracestate` as the caller sent it; empty where there was none.
    pub tracestate: String,
    /// Its spans in the order of a tree: each before those below it, those below one span by start. Places in a trace count
    /// from 0 in this order.
    pub spans: Vec<Span>,
    /// What it was waiting for, at each moment.
    pub critical_path: CriticalPath,
    /// Names of the threads that spans name, where they are known.
    pub threads: Vec<Thread>,
}

/// Why a trace is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The policy that kept it.
    pub policy: Policy,
    /// How many traces of its kind it stands for; at least 1.
    pub weight: f64,
}

/// What of a trace is known to be missing, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Records of it were dropped because a thread's ring was full.
    pub ring_full: bool,
    /// Spans that were left out because it has too many.
    pub spans_over_limit: u64,
    /// Spans that name a parent that is not there, though it was not of another process.
    pub orphans: u64,
    /// Spans that had not ended when it was put together.
    pub open: u64,
    /// Spans that came twice; nothing is missing by that.
    pub duplicates: u64,
}

/// One operation of a trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Its id, unique in the trace but for [`Standing::Duplicate`].
    pub id: String,
    /// The id of the span that it is a part of, or follows from.
    pub parent: Option<String>,
    /// Whether the parent is of another process.
    pub remote_parent: bool,
    /// The span that it hangs on in the tree, by place; none for the top of a tree. An orphan hangs on the root.
    pub above: Option<u32>,
    /// How many spans are above it.
    pub depth: u32,
    /// How many spans are below it, at any depth: they are the next ones of the list.
    pub below: u32,
    /// Whether its parent should be there and is not.
    pub orphan: bool,
    /// What was done.
    pub operation: String,
    /// The component that it ran in.
    pub component: Option<String>,
    /// Its role in a call between components or processes.
    pub kind: SpanKind,
    /// How it hangs on its parent.
    pub edge: Edge,
    /// How it went.
    pub status: Status,
    /// What was said of the status; empty where nothing was.
    pub status_message: String,
    /// When it began, after the trace's [`start_unix_ns`](Trace::start_unix_ns).
    pub start_ns: u64,
    /// When it ended, likewise; of a span that has not ended, when it was last seen.
    pub end_ns: u64,
    /// Whether it had not ended when the trace was put together.
    pub open: bool,
    /// Time inside polls; none for a span that is not polled.
    pub busy_ns: Option<u64>,
    /// How often it was polled.
    pub polls: u32,
    /// The number of the thread that it began on, if known.
    pub start_thread: Option<u32>,
    /// The number of the thread that it ended on, if known.
    pub end_thread: Option<u32>,
    /// How it stands to the critical path.
    pub standing: Standing,
    /// Time in it that no child which it waits for covers.
    pub own_ns: u64,
    /// Of this, what is on the critical path.
    pub critical_ns: u64,
    /// How much later it could have ended without ending anything else later; 0 on the path, none where nobody waits for it.
    pub slack_ns: Option<u64>,
    /// How much earlier its parent could have ended at most, had it taken no time; 0 beside the path.
    pub drag_ns: u64,
    /// What is known of it besides.
    pub attributes: Vec<Attribute>,
    /// How many attributes, events or links were left out, or whose text was cut.
    pub attributes_cut: u32,
    /// What happened meanwhile, by time.
    pub events: Vec<Event>,
    /// Other spans that it has to do with.
    pub links: Vec<Link>,
}

/// A thread of the process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Its number: from 1, in the order in which threads first recorded a span.
    pub number: u32,
    /// Its name; none where it has none, or it is not known any more.
    pub name: Option<String>,
}

impl Span {
    /// How long it took, or has taken so far, in nanoseconds.
    pub const fn duration_ns(&self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}
