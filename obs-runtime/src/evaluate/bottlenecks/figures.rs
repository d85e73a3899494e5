//! What is known of a call path or an operation.

use super::exemplars::{Exemplar, Exemplars};
use super::{Cohort, Shares};
use crate::evaluate::critical_path::Class;

/// What is known of a call path or an operation: of its time on critical paths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    pub(super) own_ns: [u128; Class::ALL.len()],
    pub(super) inclusive_ns: u128,
    pub(super) occurrences: u64,
    pub(super) traces: u64,
    pub(super) below_itself: u64,
    pub(super) deepest: u32,
    pub(super) cohorts: [OfCohort; Cohort::ALL.len()],
    pub(super) shares: Shares,
    pub(super) exemplars: Exemplars,
}

/// What is known of it in the traces of one cohort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfCohort {
    /// Its own time.
    pub own_ns: u128,
    /// How often it was on a path.
    pub occurrences: u64,
}

impl Figures {
    /// Its own time of one class: that which no span below it on the path has.
    pub fn own_ns(&self, class: Class) -> u128 {
        self.own_ns[class as usize]
    }

    /// All its own time.
    pub fn own_ns_of_all(&self) -> u128 {
        self.own_ns.iter().sum()
    }

    /// Its own time and that of all below it on the path; where it is below itself, once.
    pub fn inclusive_ns(&self) -> u128 {
        self.inclusive_ns
    }

    /// How many spans it was.
    pub fn occurrences(&self) -> u64 {
        self.occurrences
    }

    /// In how many traces it was. What came to `(other)` by a merge may have counted one several times.
    pub fn traces(&self) -> u64 {
        self.traces
    }

    /// How many of its spans were below another one of it.
    pub fn below_itself(&self) -> u64 {
        self.below_itself
    }

    /// How many of its spans were below each other at most; 1 where it does not recurse.
    pub fn deepest(&self) -> u32 {
        self.deepest
    }

    /// Its share of the traces that it was in.
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// Up to three traces to look at, that with the largest share first.
    pub fn exemplars(&self) -> impl Iterator<Item = &Exemplar> {
        self.exemplars.iter()
    }

    /// The same in the traces of a cohort.
    pub fn of(&self, cohort: Cohort) -> OfCohort {
        self.cohorts[cohort as usize]
    }

    /// Adds those of another window. What is inclusive is left out where it is part of what was added before.
    pub(super) fn merge(&mut self, others: &Figures, is_part: bool) {
        for (own, other) in self.own_ns.iter_mut().zip(&others.own_ns) {
            *own += other;
        }
        if !is_part {
            self.inclusive_ns += others.inclusive_ns;
        }
        self.occurrences += others.occurrences;
        self.traces += others.traces;
        self.below_itself += others.below_itself;
        self.deepest = self.deepest.max(others.deepest);
        for (cohort, other) in self.cohorts.iter_mut().zip(&others.cohorts) {
            cohort.own_ns += other.own_ns;
            cohort.occurrences += other.occurrences;
        }
        self.shares.merge(&others.shares);
        others
            .exemplars()
            .for_each(|exemplar| self.exemplars.offer(*exemplar));
    }
}
