//! What can be asked about traces, whoever answers.

use std::fmt;

use crate::answer::traces::{Shelf, Whole};
use crate::evaluate::traces::{Accounting, OpenSpans, Profile};
use crate::model::Stopped;
use crate::model::trace::TraceId;
use crate::query::traces::{Found, Search};

/// What can be asked about traces. Each question may take a while: it is asked on a thread that may wait.
pub(crate) trait Source: Send + Sync {
    /// Searches all kept traces.
    fn search(&self, search: &Search) -> Result<Found, Stopped>;

    /// A trace by its id, or by the first digits of it.
    fn get(&self, id: &str) -> Result<Whole, NoTrace>;

    /// What is under way.
    fn open(&self) -> Result<OpenSpans, Stopped>;

    /// What operations did, and where their time went.
    fn profile(&self) -> Result<Profile, Stopped>;

    /// What became of every span, and what the store holds.
    fn accounting(&self) -> Result<(Accounting, Shelf), Stopped>;

    /// Nanoseconds since 1970.
    fn now_ns(&self) -> u64;
}

/// Why there is no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoTrace {
    /// The text is no id, and no beginning of one that is long enough.
    NotAnId,
    /// No trace that is kept or under way has it.
    Unknown,
    /// Several begin so: some of them.
    Ambiguous(Vec<TraceId>),
    /// It cannot be read from disk.
    Unreadable(String),
    /// The runtime has been shut down.
    Stopped,
}

impl fmt::Display for NoTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoTrace::NotAnId => f.write_str(
                "not the id of a trace: write its 32 hexadecimal digits, or at least the first 4",
            ),
            NoTrace::Unknown => f.write_str(
                "no trace with this id is kept or under way: no policy kept it, it had to go, or it was never recorded; the list of \
                 traces has those that there are, and `keep_trace` on a span keeps its trace in any case",
            ),
            NoTrace::Ambiguous(some) => {
                f.write_str("several traces begin so, write more digits:")?;
                some.iter().try_for_each(|id| write!(f, " {id}"))
            }
            NoTrace::Unreadable(why) => write!(f, "the trace cannot be read from disk: {why}"),
            NoTrace::Stopped => f.write_str("the obs runtime of this process has been shut down"),
        }
    }
}

impl std::error::Error for NoTrace {}

impl From<Stopped> for NoTrace {
    fn from(_: Stopped) -> NoTrace {
        NoTrace::Stopped
    }
}
