//! Which traces are kept: the first policy that applies, in the order of [`Policy`].

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::time::{Duration, Instant};

use super::Durations;
use crate::evaluate::bottlenecks::Operation;
use crate::model::trace::{Calls, Kept, Outline, Policy, Spans};

/// How many traces are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Of traces in which something failed, so many a second for each operation of a root; more are counted. Default: 20.
    pub errors_per_second: u32,
    /// A trace that took longer is slow in any case. Default: never.
    pub slow: Option<Duration>,
    /// Of each shape of traces, so many a minute are kept, the first ones. Default: 5.
    pub rare_per_minute: u32,
    /// Which share of all others is kept, from 0 to 1. Default: 0.05.
    pub baseline: f64,
}

impl Default for Rates {
    fn default() -> Rates {
        Rates {
            errors_per_second: 20,
            slow: None,
            rare_per_minute: 5,
            baseline: 0.05,
        }
    }
}

/// Operations of roots that are told apart.
const MOST_ROOTS: usize = 10_000;
/// Shapes that are remembered for a minute.
const MOST_SHAPES: usize = 20_000;
/// A quantile is one of so many traces at least.
const ENOUGH: u64 = 200;
/// Of slow traces of an operation, so many a second are kept.
const SLOW_PER_SECOND: u32 = 20;
const MINUTE: Duration = Duration::from_secs(60);

/// Decides which traces are kept.
pub struct Policies {
    rates: Rates,
    roots: HashMap<Operation, OfRoot, foldhash::fast::RandomState>,
    /// How many of a shape were kept in this minute.
    shapes: HashMap<u64, u32, foldhash::fast::RandomState>,
    minute: Option<Instant>,
    hasher: foldhash::fast::FixedState,
    /// Where the share of all others stands: each adds its share, and 1 takes one.
    baseline: f64,
    excess: Excess,
}

/// Traces that a policy would have kept, but for its rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Excess {
    /// Those in which something failed.
    pub errors: u64,
    /// Those that were slow.
    pub slow: u64,
}

/// What is known of the traces of one operation.
#[derive(Default)]
struct OfRoot {
    durations: Durations,
    /// The quantiles of the last time that they were worked out.
    quantiles: Option<Quantiles>,
    errors: PerSecond,
    /// How many there were beyond that since the last one that was kept: the next one stands for them, too.
    errors_left_out: f64,
    slow: PerSecond,
    /// How many have been seen since quantiles were worked out.
    since: u64,
}

#[derive(Clone, Copy)]
struct Quantiles {
    p40: u64,
    p60: u64,
    p99: u64,
}

/// Where a trace stands among those of its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It took longer than 99 of 100.
    Slow,
    /// It is one of the middle fifth.
    Middle,
    Other,
}

/// So many in this second.
#[derive(Default)]
struct PerSecond {
    second: Option<Instant>,
    count: u32,
}

impl Policies {
    pub(super) fn new(rates: Rates) -> Policies {
        Policies {
            rates,
            roots: HashMap::default(),
            shapes: HashMap::default(),
            minute: None,
            hasher: foldhash::fast::FixedState::with_seed(7),
            baseline: 0.5,
            excess: Excess::default(),
        }
    }

    /// Traces that were not kept since there were too many of their kind.
    pub fn excess(&self) -> Excess {
        self.excess
    }

    /// Changes the rates.
    pub fn set_rates(&mut self, rates: Rates) {
        self.rates = rates;
    }

    /// A trace of an operation took so long. `None` while there were too few to say where it stands.
    pub(super) fn seen(&mut self, operation: Operation, took_ns: u64) -> Option<Standing> {
        if self.roots.len() >= MOST_ROOTS && !self.roots.contains_key(&operation) {
            return None;
        }
        let of_root = self.roots.entry(operation).or_default();
        let standing = of_root.standing(took_ns);
        of_root.durations.add(took_ns);
        of_root.since += 1;
        if of_root.durations.count() >= ENOUGH
            && (of_root.quantiles.is_none() || of_root.since * 20 >= of_root.durations.count())
        {
            of_root.work_out();
        }
        standing
    }

    /// Why a trace is kept, if it is.
    pub(super) fn of_trace(
        &mut self,
        outline: &Outline<'_>,
        operation: Operation,
        standing: Option<Standing>,
        failed: bool,
        now: Instant,
    ) -> Option<Kept> {
        let root = outline.root?;
        let recorded = f64::from(root.share) / f64::from(u32::MAX);
        let weight = 1.0 / recorded.max(f64::from(u32::MAX).recip());
        let kept = |policy, weight| Some(Kept { policy, weight });
        if outline.forced {
            return kept(Policy::Forced, 1.0);
        }
        let mut of_root = self.roots.get_mut(&operation);
        if failed {
            let Some(of_root) = of_root else {
                return kept(Policy::Error, weight);
            };
            if of_root.errors.may(self.rates.errors_per_second, now) {
                return kept(
                    Policy::Error,
                    weight + std::mem::take(&mut of_root.errors_left_out),
                );
            }
            of_root.errors_left_out += weight;
            self.excess.errors += 1;
            return None;
        }
        let limit = self.rates.slow.map(|slow| slow.as_nanos());
        let over_limit = limit.is_some_and(|limit| u128::from(root.took_ns()) > limit);
        if over_limit || standing == Some(Standing::Slow) {
            if of_root
                .as_mut()
                .is_none_or(|of_root| of_root.slow.may(SLOW_PER_SECOND, now))
            {
                return kept(Policy::Slow, weight);
            }
            self.excess.slow += 1;
        }
        if self.is_rare(outline, now) {
            return kept(Policy::Rare, weight);
        }
        let share = self.rates.baseline.clamp(0.0, 1.0);
        self.baseline += share;
        if self.baseline >= 1.0 {
            self.baseline -= 1.0;
            return kept(Policy::Baseline, weight / share);
        }
        None
    }

    /// Why the rest of a trace is kept whose root never came: as if it were one that failed, where something did.
    pub(super) fn of_rest(
        &mut self,
        outline: &Outline<'_>,
        failed: bool,
        now: Instant,
    ) -> Option<Kept> {
        let policy = match (outline.forced, failed) {
            (true, _) => Policy::Forced,
            (_, true) => Policy::Error,
            _ if self.is_rare(outline, now) => Policy::Rare,
            _ => return None,
        };
        Some(Kept {
            policy,
            weight: 1.0,
        })
    }

    /// Whether the trace is among the first of its shape in this minute: of the same operations, however often each.
    fn is_rare(&mut self, outline: &Outline<'_>, now: Instant) -> bool {
        let minute = *self.minute.get_or_insert(now);
        if now.saturating_duration_since(minute) >= MINUTE {
            self.minute = Some(now);
            self.shapes.clear();
        }
        // An operation sets one bit of 64, however often it is there: shapes that share all bits pass for one.
        let (mut bits, mut last) = (0_u64, None);
        let mut add = |operation: (u32, u32)| {
            if last != Some(operation) {
                bits |= 1 << (self.hasher.hash_one(operation) >> 58);
                last = Some(operation);
            }
        };
        match outline.spans {
            Spans::Each { nodes, .. } => nodes
                .iter()
                .for_each(|node| add((node.operation, node.component))),
            Spans::ByCall(Calls { calls, .. }) => calls
                .iter()
                .for_each(|call| add((call.operation, call.component))),
        }
        let root = outline.root.map_or(0, |root| root.operation);
        let shape = self.hasher.hash_one((bits, root));
        if self.shapes.len() >= MOST_SHAPES && !self.shapes.contains_key(&shape) {
            return false;
        }
        let kept = self.shapes.entry(shape).or_insert(0);
        *kept += 1;
        *kept <= self.rates.rare_per_minute
    }

    /// A window has ended: what was usual then counts less from here on.
    pub(super) fn turn(&mut self) {
        self.roots
            .retain(|_, of_root| of_root.durations.count() > 0 || of_root.errors_left_out > 0.0);
        for of_root in self.roots.values_mut() {
            if of_root.durations.count() >= ENOUGH {
                of_root.work_out();
            }
            of_root.durations.clear();
        }
    }
}

impl OfRoot {
    fn standing(&self, took_ns: u64) -> Option<Standing> {
        let Quantiles { p40, p60, p99 } = self.quantiles?;
        Some(if took_ns > p99 {
            Standing::Slow
        } else if (p40..=p60).contains(&took_ns) {
            Standing::Middle
        } else {
            Standing::Other
        })
    }

    fn work_out(&mut self) {
        self.since = 0;
        let quantile = |share| self.durations.quantile_ns(share).unwrap_or(u64::MAX);
        self.quantiles = Some(Quantiles {
            p40: quantile(0.4),
            p60: quantile(0.6),
            p99: quantile(0.99),
        });
    }
}

impl PerSecond {
    fn may(&mut self, most: u32, now: Instant) -> bool {
        let second = *self.second.get_or_insert(now);
        if now.saturating_duration_since(second) >= Duration::from_secs(1) {
            self.second = Some(now);
            self.count = 0;
        }
        self.count += 1;
        self.count <= most
    }
}
