//! The rows of traces, of spans under way and of operations, and their columns.

use std::cmp::Ordering;

use obs_runtime::api::traces::{Class, Hotspot, OpenSpan, TraceSummary};

use super::by_text;
use crate::spans;
use crate::state::column::{Cell, Column, Listed};

/// A trace in the list.
#[derive(Clone, Debug)]
pub(crate) struct TraceRow {
    /// It.
    pub(crate) summary: TraceSummary,
    /// How long ago it began.
    ago_seconds: f64,
}

/// A span under way.
#[derive(Clone, Debug)]
pub(crate) struct OpenRow {
    /// It.
    pub(crate) span: OpenSpan,
}

/// An operation on critical paths.
#[derive(Clone, Debug)]
pub(crate) struct Hot {
    /// It.
    pub(crate) hotspot: Hotspot,
}

/// The columns of traces.
pub(crate) const TRACE_COLUMNS: &[Column<TraceRow>] = &[
    Column {
        title: "trace",
        width: 0,
        rank: 0,
        help: "operation of its root, behind the component",
        cell: |_| Cell::Name,
    },
    Column {
        title: "ago",
        width: 7,
        rank: 2,
        help: "how long ago it began; the newest first",
        cell: |row| Cell::Ago(Some(row.ago_seconds)),
    },
    Column {
        title: "took",
        width: 7,
        rank: 1,
        help: "how long its root took",
        cell: |row| Cell::Took(Some(row.summary.duration_ns as f64 / 1e9)),
    },
    Column {
        title: "spans",
        width: 6,
        rank: 4,
        help: "how many spans it has",
        cell: |row| Cell::Count(Some(f64::from(row.summary.spans))),
    },
    Column {
        title: "status",
        width: 9,
        rank: 3,
        help: "how it went; `within` if a span below the root failed",
        cell: |row| Cell::Word(row.status()),
    },
    Column {
        title: "kept",
        width: 8,
        rank: 5,
        help: "which policy kept it",
        cell: |row| Cell::Word(row.summary.policy.name()),
    },
    Column {
        title: "weight",
        width: 6,
        rank: 6,
        help: "how many traces it stands for",
        cell: |row| Cell::Count(Some(row.summary.weight)),
    },
    Column {
        title: "missing",
        width: 7,
        rank: 7,
        help: "whether something of it is known to be missing",
        cell: |row| Cell::Word(if row.summary.incomplete { "yes" } else { "" }),
    },
];

/// The columns of spans under way.
pub(crate) const OPEN_COLUMNS: &[Column<OpenRow>] = &[
    Column {
        title: "open span",
        width: 0,
        rank: 0,
        help: "operation, behind the component",
        cell: |_| Cell::Name,
    },
    Column {
        title: "age",
        width: 7,
        rank: 1,
        help: "how long ago it began; the oldest first",
        cell: |row| Cell::Took(Some(row.span.age_ns as f64 / 1e9)),
    },
    Column {
        title: "stuck",
        width: 6,
        rank: 2,
        help: "whether it has taken suspiciously long",
        cell: |row| Cell::Word(if row.span.stuck { "STUCK" } else { "" }),
    },
    Column {
        title: "usual",
        width: 7,
        rank: 3,
        help: "what 99 of 100 of its operation do not exceed",
        cell: |row| Cell::Took(row.span.usual_ns.map(|ns| ns as f64 / 1e9)),
    },
    Column {
        title: "is",
        width: 8,
        rank: 4,
        help: "whether a thread is in it, or it waits",
        cell: |row| {
            Cell::Word(if row.span.running {
                "running"
            } else {
                "waiting"
            })
        },
    },
];

/// The columns of operations on critical paths.
pub(crate) const HOTSPOT_COLUMNS: &[Column<Hot>] = &[
    Column {
        title: "operation",
        width: 0,
        rank: 0,
        help: "operation, behind the component",
        cell: |_| Cell::Name,
    },
    Column {
        title: "own",
        width: 7,
        rank: 1,
        help: "its own time on critical paths, per trace",
        cell: |row| Cell::Took(Some(row.hotspot.critical.own_ns_per_trace / 1e9)),
    },
    Column {
        title: "share",
        width: 7,
        rank: 2,
        help: "the same as a share of the time of all traces",
        cell: |row| Cell::Share(Some(row.hotspot.critical.share)),
    },
    Column {
        title: "run",
        width: 6,
        rank: 6,
        help: "of it, the share in which it ran",
        cell: |row| row.class(Class::Run),
    },
    Column {
        title: "wait",
        width: 6,
        rank: 7,
        help: "of it, the share in which it was not polled",
        cell: |row| row.class(Class::Wait),
    },
    Column {
        title: "queue",
        width: 6,
        rank: 5,
        help: "of it, the share in which it waited in a queue",
        cell: |row| row.class(Class::Queue),
    },
    Column {
        title: "overlap",
        width: 7,
        rank: 10,
        help: "of it, the share beside children that are not on the path",
        cell: |row| row.class(Class::Overlap),
    },
    Column {
        title: "traces",
        width: 6,
        rank: 8,
        help: "in how many traces it was on the critical path",
        cell: |row| Cell::Count(Some(row.hotspot.critical.traces as f64)),
    },
    Column {
        title: "rate/s",
        width: 7,
        rank: 9,
        help: "spans per second, on the path or not",
        cell: |row| Cell::Rate(row.figure(|figures| figures.rate_per_second)),
    },
    Column {
        title: "errors",
        width: 7,
        rank: 4,
        help: "share of its spans that failed or panicked",
        cell: |row| Cell::Share(row.figure(|figures| figures.error_ratio)),
    },
    Column {
        title: "p50",
        width: 7,
        rank: 11,
        help: "half of its spans took at most this",
        cell: |row| Cell::Took(row.figure(|figures| figures.p50_ns as f64 / 1e9)),
    },
    Column {
        title: "p99",
        width: 7,
        rank: 3,
        help: "99 of 100 of its spans took at most this",
        cell: |row| Cell::Took(row.figure(|figures| figures.p99_ns as f64 / 1e9)),
    },
];

impl TraceRow {
    pub(super) fn of(summary: TraceSummary, now_unix_ns: u64) -> TraceRow {
        let ago_ns = now_unix_ns.saturating_sub(summary.start_unix_ns);
        TraceRow {
            summary,
            ago_seconds: ago_ns as f64 / 1e9,
        }
    }

    /// How it went, in one word.
    pub(crate) fn status(&self) -> &'static str {
        match spans::trouble(self.summary.status, false) {
            Some(trouble) => trouble,
            None if self.summary.failed => "within",
            None => "",
        }
    }
}

impl OpenRow {
    pub(super) fn of(span: OpenSpan) -> OpenRow {
        OpenRow { span }
    }

    /// What the filter looks at.
    pub(super) fn words(&self) -> String {
        let thread = self.span.thread.as_ref();
        let thread = thread.and_then(|thread| thread.name.as_deref());
        let stuck = if self.span.stuck { "stuck" } else { "" };
        format!(
            "{} {} {stuck} {}",
            self.name(),
            thread.unwrap_or_default(),
            self.span.trace
        )
    }
}

impl Hot {
    pub(super) fn of(hotspot: Hotspot) -> Hot {
        Hot { hotspot }
    }

    /// What the filter looks at.
    pub(super) fn words(&self) -> String {
        self.name()
    }

    fn class(&self, class: Class) -> Cell {
        let critical = &self.hotspot.critical;
        let share = critical.by_class.of(class) as f64 / critical.own_ns.max(1) as f64;
        Cell::Share(Some(share))
    }

    fn figure(&self, of: fn(&obs_runtime::api::traces::OperationFigures) -> f64) -> Option<f64> {
        self.hotspot.figures.as_ref().map(of)
    }
}

impl Listed for TraceRow {
    fn name(&self) -> String {
        spans::operation(&self.summary.operation, self.summary.component.as_deref())
    }

    fn by_name(&self, other: &TraceRow) -> Ordering {
        by_text(&self.name(), &other.name()).then_with(|| {
            let newest = other.summary.start_unix_ns.cmp(&self.summary.start_unix_ns);
            newest.then_with(|| self.summary.id.cmp(&other.summary.id))
        })
    }
}

impl Listed for OpenRow {
    fn name(&self) -> String {
        spans::operation(&self.span.operation, self.span.component.as_deref())
    }

    fn by_name(&self, other: &OpenRow) -> Ordering {
        by_text(&self.name(), &other.name()).then_with(|| self.span.id.cmp(&other.span.id))
    }
}

impl Listed for Hot {
    fn name(&self) -> String {
        let operation = &self.hotspot.operation;
        spans::operation(&operation.operation, operation.component.as_deref())
    }

    fn by_name(&self, other: &Hot) -> Ordering {
        self.hotspot.operation.cmp(&other.hotspot.operation)
    }
}
