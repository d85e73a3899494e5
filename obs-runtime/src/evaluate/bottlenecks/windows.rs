//! Windows: adding one to another, and beginning a new one.

use super::edges::NONE;
use super::paths::{Entry, OfRoot, Visit};
use super::{Bottlenecks, Figures, Operation};

impl Bottlenecks {
    /// Adds another window, in which operations have the same numbers. The limits of this one hold.
    pub fn merge(&mut self, others: &Bottlenecks) {
        let mut numbers = Vec::with_capacity(others.paths.len());
        for entry in &others.paths {
            let above = numbers.get(entry.above as usize).copied();
            let number = match above {
                Some(above) => self.path_below(above, entry.operation),
                None => self.root_path(entry.operation),
            };
            numbers.push(number);
            // What was told apart there and is not here was counted by what is above it.
            let is_part = above == Some(number);
            self.paths[number as usize]
                .figures
                .merge(&entry.figures, is_part);
        }
        for entry in &others.operations {
            let number = self.operation(entry.operation);
            self.operations[number as usize]
                .figures
                .merge(&entry.figures, false);
        }
        for of_root in &others.roots {
            let path = self.root_path(of_root.operation);
            let root = &mut self.roots[self.paths[path as usize].root as usize].root;
            root.traces += of_root.root.traces;
            root.duration_ns += of_root.root.duration_ns;
            for cohort in 0..root.cohort_traces.len() {
                root.cohort_traces[cohort] += of_root.root.cohort_traces[cohort];
                root.cohort_duration_ns[cohort] += of_root.root.cohort_duration_ns[cohort];
            }
        }
    }

    /// Begins a new window: what was seen in the last one stays known and has nothing, what was not is forgotten.
    pub fn reset(&mut self) {
        // Whatever is above a path that was seen was seen, and so was its operation.
        let paths = new_numbers(self.paths.iter().map(Entry::was_seen));
        let operations = new_numbers(self.operations.iter().map(Entry::was_seen));
        let roots = new_numbers(self.roots.iter().map(|of_root| of_root.root.traces > 0));
        self.paths.retain(Entry::was_seen);
        self.operations.retain(Entry::was_seen);
        self.roots.retain(|of_root| of_root.root.traces > 0);
        self.operation_edges.clear();
        for (number, entry) in (0..).zip(&mut self.operations) {
            entry.begin();
            self.operation_edges.insert(0, entry.operation, number);
        }
        for of_root in &mut self.roots {
            of_root.begin(new_number(&paths, of_root.other));
        }
        self.edges.clear();
        for (number, entry) in (0..).zip(&mut self.paths) {
            entry.begin();
            entry.above = new_number(&paths, entry.above);
            entry.of_operation = new_number(&operations, entry.of_operation);
            entry.root = new_number(&roots, entry.root);
            self.edges.insert(entry.above, entry.operation, number);
            self.roots[entry.root as usize].paths += 1;
        }
    }

    /// The paths of a root operation that are told apart, that of the others included.
    pub fn paths_of(&self, root: Operation) -> usize {
        let of_root = self.roots.iter().find(|of_root| of_root.operation == root);
        of_root.map_or(0, |of_root| of_root.paths)
    }
}

impl Entry {
    fn was_seen(&self) -> bool {
        self.figures.traces > 0
    }

    fn begin(&mut self) {
        self.figures = Figures::default();
        self.visit = Visit::default();
    }
}

impl OfRoot {
    fn begin(&mut self, other: u32) {
        let operation = self.operation;
        *self = OfRoot {
            other,
            ..OfRoot::new(operation)
        };
    }
}

/// The numbers that entries have after those before them that are not kept are gone; `NONE` for these.
fn new_numbers(is_kept: impl Iterator<Item = bool>) -> Vec<u32> {
    let mut kept = 0;
    let number = |is_kept: bool| {
        let number = if is_kept { kept } else { NONE };
        kept += u32::from(is_kept);
        number
    };
    is_kept.map(number).collect()
}

fn new_number(numbers: &[u32], old: u32) -> u32 {
    numbers.get(old as usize).copied().unwrap_or(NONE)
}
