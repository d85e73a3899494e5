//! Why slow traces are slow: what they spend more time with than those of the middle.

use std::collections::HashMap;

use super::{Bottlenecks, CallPath, OfCohort, Operation, Root};

/// A kind of traces of one root operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cohort {
    /// As slow as its slowest hundredth.
    Slow,
    /// From two to three fifths of all: as slow as most.
    Middle,
}

impl Cohort {
    /// All of them; each at the place of its number.
    pub const ALL: [Cohort; 2] = [Cohort::Slow, Cohort::Middle];
}

/// By how much slow traces spend more time somewhere than those of the middle. All is per trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The operations of the call path, from the root down; the operation alone where it is of all paths.
    pub path: Vec<Operation>,
    /// Own critical time in a slow trace, in nanoseconds.
    pub slow_ns: f64,
    /// The same in one of the middle.
    pub middle_ns: f64,
    /// How many spans of it were on the path of a slow trace.
    pub slow_occurrences: f64,
    /// The same of one of the middle.
    pub middle_occurrences: f64,
}

impl Difference {
    /// How much more time a slow trace spends there; negative where it is less.
    pub fn more_ns(&self) -> f64 {
        self.slow_ns - self.middle_ns
    }

    fn new(path: Vec<Operation>, sums: [OfCohort; 2], root: &Root) -> Difference {
        let [slow, middle] = [Cohort::Slow, Cohort::Middle].map(|cohort| {
            let traces = root.cohort_traces[cohort as usize].max(1) as f64;
            let sums = sums[cohort as usize];
            (
                sums.own_ns as f64 / traces,
                sums.occurrences as f64 / traces,
            )
        });
        Difference {
            path,
            slow_ns: slow.0,
            middle_ns: middle.0,
            slow_occurrences: slow.1,
            middle_occurrences: middle.1,
        }
    }
}

impl Bottlenecks {
    /// What slow traces of a root operation spend more time with, by call path, that first which says most of why they are
    /// slow. Empty unless there were traces of both cohorts.
    pub fn differences_by_path(&self, root: Operation) -> Vec<Difference> {
        let Some(root) = self.root_of_both(root) else {
            return Vec::new();
        };
        let paths = self.paths_below(root);
        let difference = |path: CallPath<'_>| {
            let sums = Cohort::ALL.map(|cohort| path.figures().of(cohort));
            Difference::new(path.operations(), sums, root)
        };
        ranked(paths.map(difference).collect())
    }

    /// The same by operation.
    pub fn differences_by_operation(&self, root: Operation) -> Vec<Difference> {
        let Some(root) = self.root_of_both(root) else {
            return Vec::new();
        };
        let mut all: HashMap<Operation, [OfCohort; 2]> = HashMap::new();
        for path in self.paths_below(root) {
            let sums = all.entry(path.operation()).or_default();
            for cohort in Cohort::ALL {
                let (sum, more) = (&mut sums[cohort as usize], path.figures().of(cohort));
                sum.own_ns += more.own_ns;
                sum.occurrences += more.occurrences;
            }
        }
        let all = all.into_iter();
        ranked(
            all.map(|(operation, sums)| Difference::new(vec![operation], sums, root))
                .collect(),
        )
    }

    fn root_of_both(&self, operation: Operation) -> Option<&Root> {
        let root = self.roots().find(|root| root.operation == operation)?;
        root.cohort_traces
            .iter()
            .all(|traces| *traces > 0)
            .then_some(root)
    }

    fn paths_below(&self, root: &Root) -> impl Iterator<Item = CallPath<'_>> {
        self.paths().filter(|path| path.root() == root.operation)
    }
}

fn ranked(mut differences: Vec<Difference>) -> Vec<Difference> {
    differences.sort_by(|a, b| {
        let by_more = b.more_ns().total_cmp(&a.more_ns());
        by_more.then_with(|| a.path.cmp(&b.path))
    });
    differences
}
