//! Traces on the wire: lists, whole traces with their critical paths, what is open, where time goes, and what was counted.
//!
//! Ids are texts of hexadecimal digits, 32 of a trace and 16 of a span. Moments that end in `_unix_ns` are nanoseconds since 1970;
//! others count from one of them, which each type names, so that they are exact where numbers are floats.

/// What is said of spans: attributes, events, links.
mod said;
/// Kinds, edges, statuses, policies, classes.
mod words;

/// Traces in a list, and over how much it speaks.
mod list;
/// The critical path of a trace.
mod path;
/// A trace as a tree.
mod trace;

/// What is under way.
mod open;

/// Where the time of many traces goes.
mod bottlenecks;
/// Rate, errors, duration of operations.
mod operation;

/// What became of every span.
mod accounting;

/// Files for other programs.
mod format;

/// Why a question is not answered.
mod refusal;

pub use accounting::{
    Accounting, ByPolicy, Excess, Identity, KindAccount, Ring, Sampled, SpanAccount, StoreAccount,
    TraceAccount,
};
pub use bottlenecks::{Bottlenecks, CallPath, Critical, Difference, Exemplar, Hotspot, Root};
pub use format::TraceFormat;
pub use list::{Coverage, KeptBy, Received, TraceList, TraceSummary};
pub use open::{OpenSpan, OpenSpans};
pub use operation::{Operation, OperationFigures};
pub use path::{ByClass, CriticalPath, Faults, Segment};
pub use refusal::Refusal;
pub use said::{Attribute, AttributeValue, Event, Link};
pub use trace::{Kept, Missing, Span, Thread, Trace};
pub use words::{Class, Edge, Policy, SpanKind, Standing, Status, Waiting};

/// Where a runtime lists its traces: [`TraceList`]. Parameters: `q` a query, `order` (`newest`, `slowest`, `spans`, `self:` and an
/// operation, for which `own:` is another word), `limit`, `after` a [`TraceList::next`].
pub const TRACES_PATH: &str = "/api/obs/v1/traces";

/// Below this, a trace by its id or the first digits of it, at least [`LEAST_DIGITS`]: [`Trace`]. Parameters: `root`, the id of
/// another span whose path is asked for; `format` (`otlp`, `chrome`, `folded`) for a file.
pub const TRACE_PATH: &str = "/api/obs/v1/traces/";

/// Where a runtime lists the spans that are under way: [`OpenSpans`].
pub const OPEN_PATH: &str = "/api/obs/v1/open";

/// Where a runtime says where the time of its traces goes: [`Bottlenecks`]. Parameters: `root` the operation of roots, `limit`,
/// `format=folded` for folded stacks.
pub const BOTTLENECKS_PATH: &str = "/api/obs/v1/bottlenecks";

/// Where a runtime says what became of every span: [`Accounting`].
pub const ACCOUNTING_PATH: &str = "/api/obs/v1/accounting";

/// How many digits of an id are enough to ask for a trace, if no other trace begins with them.
pub const LEAST_DIGITS: usize = 4;

#[cfg(test)]
mod tests;
