//! Kinds, edges, statuses, policies, classes: words that a newer runtime may have more of.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_doc])* $word,)*
            /// Something that this version knows nothing of.
            #[default]
            #[serde(other)]
            Unknown,
        }

        impl $name {
            /// The word as it is written.
            pub const fn name(self) -> &'static str {
                match self {
                    $($name::$word => $text,)*
                    $name::Unknown => "unknown",
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }
    )*};
}

words! {
    /// A span's role in a call between components or processes, as OpenTelemetry has them.
    SpanKind {
        /// None.
        Internal = "internal",
        /// It answers a request.
        Server = "server",
        /// It makes a request and waits for the answer.
        Client = "client",
        /// It sends a message.
        Producer = "producer",
        /// It takes in a message.
        Consumer = "consumer",
    }

    /// How a span hangs on its parent.
    Edge {
        /// The parent waits for it.
        Call = "call",
        /// Nobody waits for it.
        Detached = "detached",
        /// It is the time that something waited in a queue, and the parent waits with it.
        Queue = "queue",
    }

    /// How a span went.
    Status {
        /// Nobody said.
        Unset = "unset",
        /// Somebody said that it went well.
        Ok = "ok",
        /// It failed.
        Error = "error",
        /// It unwound.
        Panicked = "panicked",
        /// Its future was dropped before it was ready.
        Cancelled = "cancelled",
    }

    /// What decided that a trace is kept.
    Policy {
        /// Code asked for it.
        Forced = "forced",
        /// A span failed or panicked.
        Error = "error",
        /// It took longer than a limit, or than 99 of 100 of its operation.
        Slow = "slow",
        /// It was among the first of its shape in a minute.
        Rare = "rare",
        /// A share of all others.
        Baseline = "baseline",
        /// It was read from a file.
        Imported = "imported",
    }

    /// How a span stands to the critical path.
    Standing {
        /// It is a part of it.
        Critical = "critical",
        /// It is waited for, but what is on the path took longer.
        Parallel = "parallel",
        /// Nobody waits for it, or for one above it.
        Detached = "detached",
        /// It, or one above it, ended later than its parent, which therefore did not wait for it.
        Outlives = "outlives",
        /// It, or one above it, has no time within that of its parent.
        Outside = "outside",
        /// It is, or is below, another root of the trace.
        OtherRoot = "other_root",
        /// Another span has its id.
        Duplicate = "duplicate",
    }

    /// What a piece of a critical path went to.
    Class {
        /// A span ran.
        Run = "run",
        /// It was not being polled: an estimate.
        Wait = "wait",
        /// It waited in a queue.
        Queue = "queue",
        /// It ran or waited while a child ran that was not on the path.
        Overlap = "overlap",
        /// A span that is missing was there.
        Gap = "gap",
        /// It has not ended.
        Open = "open",
    }

    /// What becomes of a child that outlives its parent when a critical path is found.
    Waiting {
        /// The parent did not wait for it: spans of one process, whose clock is one.
        Detach = "detach",
        /// It is cut at the end of its parent: traces that were read from files.
        Clamp = "clamp",
    }
}

impl Status {
    /// Whether it is a fault: an error or a panic.
    pub const fn is_failure(self) -> bool {
        matches!(self, Status::Error | Status::Panicked)
    }
}

impl Class {
    /// All that this version knows, in the order in which they are shown.
    pub const ALL: [Class; 6] = [
        Class::Run,
        Class::Wait,
        Class::Queue,
        Class::Overlap,
        Class::Gap,
        Class::Open,
    ];
}
