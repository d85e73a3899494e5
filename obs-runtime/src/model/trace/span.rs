//! One operation of a trace.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Attribute, Event, Link, SpanId};

/// One operation of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Its id, unique in the trace.
    pub id: SpanId,
    /// The span that it is a part of, or follows from.
    pub parent: Option<SpanId>,
    /// Whether the parent is of another process: then it is no orphan though it is not there.
    pub remote_parent: bool,
    /// What was done: the name of the span.
    pub operation: Arc<str>,
    /// The component that it ran in.
    pub component: Option<Arc<str>>,
    /// Its role in a call between components or processes.
    pub kind: Kind,
    /// How it hangs on its parent.
    pub edge: Edge,
    /// How it went.
    pub status: Status,
    /// What was said of the status; empty where nothing was.
    pub status_message: String,
    /// When it began: nanoseconds since 1970.
    pub start_ns: u64,
    /// When it ended, likewise, never before `start_ns`; of a span that has not ended, when it was last seen.
    pub end_ns: u64,
    /// Whether it had not ended when the trace was put together.
    pub open: bool,
    /// Time inside polls in nanoseconds; `None` for a span that is not polled.
    pub busy_ns: Option<u64>,
    /// How often it was polled; 0 for a span that is not.
    pub polls: u32,
    /// The number of the thread that it began on, if known: from 1, in the order in which threads first recorded a span.
    pub start_thread: Option<u32>,
    /// The number of the thread that it ended on.
    pub end_thread: Option<u32>,
    /// What is known of it besides.
    pub attributes: Vec<Attribute>,
    /// How many attributes were left out, or whose text was cut.
    pub attributes_cut: u32,
    /// What happened meanwhile, by time.
    pub events: Vec<Event>,
    /// Other spans that it has to do with.
    pub links: Vec<Link>,
}

/// A span's role in a call between components or processes, as OpenTelemetry has them.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// None.
    #[default]
    Internal,
    /// It answers a request.
    Server,
    /// It makes a request and waits for the answer.
    Client,
    /// It sends a message.
    Producer,
    /// It takes in a message.
    Consumer,
}

/// How a span hangs on its parent.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// The parent waits for it.
    #[default]
    Call,
    /// Nobody waits for it.
    Detached,
    /// It is the time that something waited in a queue, and the parent waits with it.
    Queue,
}

/// How a span went.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody said.
    #[default]
    Unset,
    /// Somebody said that it went well.
    Ok,
    /// It failed.
    Error,
    /// It unwound.
    Panicked,
    /// Its future was dropped before it was ready.
    Cancelled,
}

impl Span {
    /// How long it took, or has taken so far, in nanoseconds.
    pub fn duration_ns(&self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }

    /// Whether the trace comes into the process by it: it has no parent, or a remote one.
    pub fn is_entry(&self) -> bool {
        self.parent.is_none() || self.remote_parent
    }
}

impl Status {
    /// Whether it is a fault: an error or a panic.
    pub fn is_failure(self) -> bool {
        matches!(self, Status::Error | Status::Panicked)
    }

    /// Its name in queries and files.
    pub fn name(self) -> &'static str {
        match self {
            Status::Unset => "unset",
            Status::Ok => "ok",
            Status::Error => "error",
            Status::Panicked => "panicked",
            Status::Cancelled => "cancelled",
        }
    }
}

impl Kind {
    /// Its name in queries and files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Internal => "internal",
            Kind::Server => "server",
            Kind::Client => "client",
            Kind::Producer => "producer",
            Kind::Consumer => "consumer",
        }
    }
}

impl Edge {
    /// Its name in queries and files.
    pub fn name(self) -> &'static str {
        match self {
            Edge::Call => "call",
            Edge::Detached => "detached",
            Edge::Queue => "queue",
        }
    }
}
