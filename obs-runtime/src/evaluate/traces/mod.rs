//! What is worked out of every trace before any is discarded, and which are kept.
//!
//! In: an `Outline` of each trace that is complete, the time of the caller.
//! Out: rate, errors and durations of each operation, the critical paths of all traces added up, and why a trace is kept.
//! Loss: none of what is counted; operations beyond a limit are counted as one.

/// What became of every span.
mod accounting;
/// Durations by size.
mod durations;
/// What is under way, and what is stuck.
mod open;
/// Rate, errors, duration of operations.
mod operations;
/// Which traces are kept.
mod policies;
/// What operations did, and where their time went, with names.
mod profile;

pub use accounting::{Accounting, Identity, OfKind, OfRings, OfSpans};
pub use durations::Durations;
pub use open::{DEFAULT_STUCK_AFTER, OpenSpans};
pub use operations::{OperationFigures, Operations};
pub use policies::{Excess, Policies, Rates};
pub use profile::{Names, Profile};

use std::time::{Duration, Instant};

use super::bottlenecks::{Bottlenecks, Cohort, Operation};
use super::critical_path::{Options, Walker};
use crate::model::trace::{Kept, Outline, Spans};

/// How long a window lasts: answers are about the last one and the one under way. More: steadier figures. Less: newer ones.
pub const WINDOW: Duration = Duration::from_secs(5 * 60);

/// What is usual is said of so many spans at least.
const ENOUGH: u64 = 100;

/// Judges traces, one after another.
pub struct Judge {
    walker: Walker,
    policies: Policies,
    /// The window under way, and the last one.
    windows: [Window; 2],
    began: Option<Instant>,
    /// When the last one began.
    last_began: Option<Instant>,
}

/// What was worked out of the traces of a window.
#[derive(Clone, Default)]
pub struct Window {
    /// Rate, errors, duration of operations.
    pub operations: Operations,
    /// Their critical paths, added up.
    pub bottlenecks: Bottlenecks,
}

impl Judge {
    /// One that has seen nothing, with these rates.
    pub fn new(rates: Rates) -> Judge {
        Judge {
            walker: Walker::new(),
            policies: Policies::new(rates),
            windows: Default::default(),
            began: None,
            last_began: None,
        }
    }

    /// Works out a trace, and says why it is kept, if it is. `late` is of one whose other part was judged before: it is
    /// counted, but decides nothing.
    pub fn judge(
        &mut self,
        outline: &Outline<'_>,
        late: Option<Kept>,
        now: Instant,
    ) -> Option<Kept> {
        self.turn(now);
        let Window {
            operations,
            bottlenecks,
        } = &mut self.windows[0];
        let failed = operations.add(outline);
        let Some(root) = outline.root else {
            // A rest of a trace: there is no path without its root.
            return late.or_else(|| self.policies.of_rest(outline, failed, now));
        };
        let operation = Operation::from(&root);
        let of_operation = self.policies.seen(operation, root.took_ns());
        let cohort = of_operation.and_then(|standing| standing.cohort());
        match outline.spans {
            Spans::Each { nodes, .. } => {
                let options = Options {
                    now_ns: root.end_ns,
                    ..Options::default()
                };
                let path = self.walker.walk(nodes, &options);
                bottlenecks.add(&path, outline.id, cohort);
            }
            Spans::ByCall(calls) => bottlenecks.add_calls(calls.calls, outline.id, cohort),
        }
        // A further part is kept where the first was: the caller's trace would have a hole.
        late.or_else(|| {
            self.policies
                .of_trace(outline, operation, of_operation, failed, now)
        })
    }

    /// What was worked out since the last window began: the one under way, and the last one; and how long ago that was.
    pub fn windows(&mut self, now: Instant) -> (&[Window; 2], Duration) {
        self.turn(now);
        let since = self.last_began.or(self.began).unwrap_or(now);
        (&self.windows, now.saturating_duration_since(since))
    }

    /// What 99 of 100 spans of an operation do not exceed; `None` where too few are known.
    pub fn usual_ns(&self, operation: Operation) -> Option<u64> {
        let mut all = Durations::default();
        for window in &self.windows {
            if let Some(figures) = window.operations.get(operation) {
                all.merge(&figures.durations);
            }
        }
        all.quantile_ns(0.99).filter(|_| all.count() >= ENOUGH)
    }

    /// The rates by which it keeps traces.
    pub fn policies(&mut self) -> &mut Policies {
        &mut self.policies
    }

    fn turn(&mut self, now: Instant) {
        let began = *self.began.get_or_insert(now);
        let passed = now.saturating_duration_since(began);
        if passed < WINDOW {
            return;
        }
        self.began = Some(now);
        self.windows.swap(0, 1);
        self.windows[0].clear();
        self.last_began = Some(began);
        if passed >= 2 * WINDOW {
            // Nothing came for so long that what was worked out before is about another time.
            self.windows[1].clear();
            self.last_began = None;
        }
        self.policies.turn();
    }
}

impl Window {
    fn clear(&mut self) {
        self.operations.clear();
        self.bottlenecks.reset();
    }
}

impl policies::Standing {
    fn cohort(self) -> Option<Cohort> {
        match self {
            policies::Standing::Slow => Some(Cohort::Slow),
            policies::Standing::Middle => Some(Cohort::Middle),
            policies::Standing::Other => None,
        }
    }
}

#[cfg(test)]
mod tests;
