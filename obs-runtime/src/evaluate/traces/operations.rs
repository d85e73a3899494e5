//! Rate, errors, duration: what each operation of each component did.

use std::collections::HashMap;

use super::Durations;
use crate::evaluate::bottlenecks::Operation;
use crate::model::trace::{Calls, Node, Outline, Spans, Status, TraceId};

/// Operations told apart; more of them are one.
const MOST: usize = 10_000;

/// What operations did.
#[derive(Clone, Default)]
pub struct Operations {
    by_operation: HashMap<Operation, u32, foldhash::fast::RandomState>,
    figures: Vec<(Operation, OperationFigures)>,
    /// The operation of the last span, which is often that of the next.
    last: Option<(Operation, u32)>,
    /// The number of the operation of each call of a trace.
    of_calls: Vec<u32>,
}

/// What one operation did.
#[derive(Debug, Clone, Default)]
pub struct OperationFigures {
    /// How long its spans took, those that are open left out.
    pub durations: Durations,
    /// How many of them failed.
    pub errors: u64,
    /// Of these, how many panicked.
    pub panicked: u64,
    /// How many were cancelled.
    pub cancelled: u64,
    /// The trace of its longest span, and how long that took.
    pub longest: Option<(TraceId, u64)>,
    /// The last trace in which it failed.
    pub failed: Option<TraceId>,
}

impl Operations {
    /// Counts the spans of a trace; returns whether one of them failed.
    #[inline]
    pub fn add(&mut self, outline: &Outline<'_>) -> bool {
        match outline.spans {
            Spans::Each { nodes, statuses } => self.add_each(outline.id, nodes, statuses),
            Spans::ByCall(calls) => {
                self.add_calls(outline.id, calls);
                false
            }
        }
    }

    fn add_calls(&mut self, trace: TraceId, calls: Calls<'_>) {
        self.of_calls.clear();
        for call in calls.calls {
            let at = self.of(call.into());
            self.of_calls.push(at);
            let figures = &mut self.figures[at as usize].1;
            figures
                .durations
                .add_sum(u64::from(call.spans), call.took_ns, call.longest_ns);
            figures.see(trace, call.longest_ns);
        }
        for took in calls.took {
            let at = self.of_calls[took.call as usize];
            self.figures[at as usize].1.durations.add_size(took.ns);
        }
    }

    fn add_each(&mut self, trace: TraceId, nodes: &[Node], statuses: &[Status]) -> bool {
        let mut any_failed = false;
        for (node, status) in nodes.iter().zip(statuses) {
            any_failed |= status.is_failure();
            if node.open {
                continue;
            }
            let took_ns = node.end_ns.saturating_sub(node.start_ns);
            let at = self.of(node.into());
            let figures = &mut self.figures[at as usize].1;
            figures.durations.add(took_ns);
            figures.see(trace, took_ns);
            if *status != Status::Unset && *status != Status::Ok {
                figures.errors += u64::from(status.is_failure());
                figures.panicked += u64::from(*status == Status::Panicked);
                figures.cancelled += u64::from(*status == Status::Cancelled);
                if status.is_failure() {
                    figures.failed = Some(trace);
                }
            }
        }
        any_failed
    }

    /// Every operation that did something, with what it did.
    pub fn iter(&self) -> impl Iterator<Item = (Operation, &OperationFigures)> {
        let figures = self.figures.iter();
        let figures = figures.filter(|(_, figures)| figures.durations.count() > 0);
        figures.map(|(operation, figures)| (*operation, figures))
    }

    /// What an operation did, if it did something.
    pub fn get(&self, operation: Operation) -> Option<&OperationFigures> {
        let at = *self.by_operation.get(&operation)?;
        let (_, figures) = &self.figures[at as usize];
        Some(figures).filter(|figures| figures.durations.count() > 0)
    }

    /// Adds others.
    pub fn merge(&mut self, others: &Operations) {
        for (operation, other) in others.iter() {
            let at = self.of(operation);
            self.figures[at as usize].1.merge(other);
        }
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        // Those that did nothing are forgotten.
        if self
            .figures
            .iter()
            .any(|(_, figures)| figures.durations.count() == 0)
        {
            self.by_operation.clear();
            self.figures.clear();
            self.last = None;
        }
        for (_, figures) in &mut self.figures {
            figures.durations.clear();
            let durations = std::mem::take(&mut figures.durations);
            *figures = OperationFigures {
                durations,
                ..OperationFigures::default()
            };
        }
    }

    #[inline]
    fn of(&mut self, operation: Operation) -> u32 {
        match self.last {
            Some((last, at)) if last == operation => at,
            _ => self.find(operation),
        }
    }

    fn find(&mut self, operation: Operation) -> u32 {
        let known = self.by_operation.get(&operation).copied();
        let at = known.unwrap_or_else(|| {
            let operation = if self.figures.len() < MOST {
                operation
            } else {
                Operation::OTHER
            };
            let next = self.figures.len() as u32;
            let at = *self.by_operation.entry(operation).or_insert(next);
            if at == next {
                self.figures.push((operation, OperationFigures::default()));
            }
            at
        });
        self.last = Some((operation, at));
        at
    }
}

impl OperationFigures {
    /// The share of its spans that failed.
    pub fn error_ratio(&self) -> f64 {
        self.errors as f64 / self.durations.count().max(1) as f64
    }

    /// A span of that trace took so long.
    #[inline]
    fn see(&mut self, trace: TraceId, took_ns: u64) {
        if self.longest.is_none_or(|(_, longest)| took_ns > longest) {
            self.longest = Some((trace, took_ns));
        }
    }

    fn merge(&mut self, other: &OperationFigures) {
        self.durations.merge(&other.durations);
        self.errors += other.errors;
        self.panicked += other.panicked;
        self.cancelled += other.cancelled;
        let longest = [self.longest, other.longest].into_iter().flatten();
        self.longest = longest.max_by_key(|(_, took_ns)| *took_ns);
        self.failed = self.failed.or(other.failed);
    }
}
