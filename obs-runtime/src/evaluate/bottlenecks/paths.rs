//! Call paths, and operations.

use super::add::Scratch;
use super::edges::{Edges, NONE};
use super::{Cohort, Figures, Operation};

/// How many call paths are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Below one root operation. More: longer programs are seen whole. Less: less memory, of which a path takes about
    /// 0.8 kB. Default: 50,000.
    pub paths_of_a_root: usize,
    /// Of all root operations. More and less: likewise. Default: 200,000.
    pub paths: usize,
    /// Operations of one call path. More: deeper programs are seen whole. Less: a new path is compared with fewer above it.
    /// Default: 256.
    pub depth: usize,
    /// Operations, of all call paths. Default: 50,000.
    pub operations: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            paths_of_a_root: 50_000,
            paths: 200_000,
            depth: 256,
            operations: 50_000,
        }
    }
}

/// Critical paths of many traces, added up.
#[derive(Clone)]
pub struct Bottlenecks {
    pub(super) limits: Limits,
    /// By number, a path after those above it.
    pub(super) paths: Vec<Entry>,
    pub(super) edges: Edges,
    pub(super) roots: Vec<OfRoot>,
    pub(super) operations: Vec<Entry>,
    /// Those of operations are below no path.
    pub(super) operation_edges: Edges,
    pub(super) scratch: Scratch,
}

/// A call path, or an operation wherever it is.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) operation: Operation,
    /// The path above it, or `NONE`.
    pub(super) above: u32,
    /// The number of its root.
    pub(super) root: u32,
    /// How many operations it has; 1 of a root.
    depth: usize,
    /// That of its operation wherever it is; `NONE` where this is known of each span alone.
    pub(super) of_operation: u32,
    pub(super) figures: Figures,
    pub(super) visit: Visit,
}

/// What a trace that is being added has there.
#[derive(Clone, Copy, Default)]
pub(super) struct Visit {
    /// The trace that was added last.
    pub(super) stamp: u64,
    pub(super) own_ns: u64,
    pub(super) occurrences: u64,
    /// The last of its steps.
    pub(super) step: u32,
}

/// A root operation.
#[derive(Clone)]
pub(super) struct OfRoot {
    pub(super) operation: Operation,
    /// How many paths are told apart below it.
    pub(super) paths: usize,
    /// The path of the others, or `NONE`.
    pub(super) other: u32,
    pub(super) root: Root,
}

/// What is known of the traces of a root operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// The operation.
    pub operation: Operation,
    /// How many traces of it there were.
    pub traces: u64,
    /// How long they took together.
    pub duration_ns: u128,
    /// How many of them were of each cohort, as in [`Cohort::ALL`].
    pub cohort_traces: [u64; Cohort::ALL.len()],
    /// How long these took together.
    pub cohort_duration_ns: [u128; Cohort::ALL.len()],
}

/// A call path, and what is known of it.
#[derive(Clone, Copy)]
pub struct CallPath<'a> {
    all: &'a Bottlenecks,
    entry: &'a Entry,
}

impl Default for Bottlenecks {
    fn default() -> Bottlenecks {
        Bottlenecks::new(Limits::default())
    }
}

impl Bottlenecks {
    /// Of no trace.
    pub fn new(limits: Limits) -> Bottlenecks {
        Bottlenecks {
            limits,
            paths: Vec::new(),
            edges: Edges::new(),
            roots: Vec::new(),
            operations: Vec::new(),
            operation_edges: Edges::new(),
            scratch: Scratch::default(),
        }
    }

    /// The operations of roots, and what is known of their traces.
    pub fn roots(&self) -> impl Iterator<Item = &Root> {
        let roots = self.roots.iter().map(|of_root| &of_root.root);
        roots.filter(|root| root.traces > 0)
    }

    /// The call paths, each after those above it.
    pub fn paths(&self) -> impl Iterator<Item = CallPath<'_>> {
        let seen = self.paths.iter().filter(|entry| entry.figures.traces > 0);
        seen.map(|entry| CallPath { all: self, entry })
    }

    /// The operations, wherever they are.
    pub fn operations(&self) -> impl Iterator<Item = (Operation, &Figures)> {
        let seen = self
            .operations
            .iter()
            .filter(|entry| entry.figures.traces > 0);
        seen.map(|entry| (entry.operation, &entry.figures))
    }

    /// The number of the path of a root.
    pub(super) fn root_path(&mut self, operation: Operation) -> u32 {
        let known = self.edges.get(NONE, operation);
        if known != NONE {
            return known;
        }
        if self.is_full() && operation != Operation::OTHER {
            return self.root_path(Operation::OTHER);
        }
        let root = self.roots.len() as u32;
        self.roots.push(OfRoot::new(operation));
        self.new_path(NONE, operation, root)
    }

    /// The number of the path of an operation below a path.
    #[inline]
    pub(super) fn path_below(&mut self, above: u32, operation: Operation) -> u32 {
        let known = self.edges.get(above, operation);
        if known != NONE {
            return known;
        }
        self.new_path_below(above, operation)
    }

    fn new_path_below(&mut self, above: u32, operation: Operation) -> u32 {
        let entry = &self.paths[above as usize];
        if entry.operation == Operation::OTHER {
            return above;
        }
        let root = entry.root;
        let depth = entry.depth + 1;
        let is_it = |path: &u32| self.paths[*path as usize].operation == operation;
        let itself = self.upwards(above).find(is_it);
        if let Some(itself) = itself {
            self.edges.insert(above, operation, itself);
            return itself;
        }
        let of_root = &self.roots[root as usize];
        if depth <= self.limits.depth
            && of_root.paths < self.limits.paths_of_a_root
            && !self.is_full()
        {
            return self.new_path(above, operation, root);
        }
        if of_root.other == NONE {
            let mut top = above;
            while self.paths[top as usize].above != NONE {
                top = self.paths[top as usize].above;
            }
            let other = self.new_path(top, Operation::OTHER, root);
            self.roots[root as usize].other = other;
        }
        self.roots[root as usize].other
    }

    /// A path and all above it.
    fn upwards(&self, path: u32) -> impl Iterator<Item = u32> {
        let some = |path: u32| (path != NONE).then_some(path);
        std::iter::successors(some(path), move |path| {
            some(self.paths[*path as usize].above)
        })
    }

    fn is_full(&self) -> bool {
        self.paths.len() >= self.limits.paths
    }

    fn new_path(&mut self, above: u32, operation: Operation, root: u32) -> u32 {
        let path = self.paths.len() as u32;
        let depth = self
            .paths
            .get(above as usize)
            .map_or(0, |above| above.depth);
        let mut entry = Entry::new(operation, above, root, depth + 1);
        if operation != Operation::OTHER {
            entry.of_operation = self.operation(operation);
        }
        self.paths.push(entry);
        self.edges.insert(above, operation, path);
        self.roots[root as usize].paths += 1;
        path
    }

    /// The number of an operation, wherever it is.
    pub(super) fn operation(&mut self, operation: Operation) -> u32 {
        let known = self.operation_edges.get(0, operation);
        if known != NONE {
            return known;
        }
        if self.operations.len() >= self.limits.operations && operation != Operation::OTHER {
            return self.operation(Operation::OTHER);
        }
        let number = self.operations.len() as u32;
        self.operations.push(Entry::new(operation, NONE, 0, 1));
        self.operation_edges.insert(0, operation, number);
        number
    }
}

impl Entry {
    fn new(operation: Operation, above: u32, root: u32, depth: usize) -> Entry {
        Entry {
            operation,
            above,
            root,
            depth,
            of_operation: NONE,
            figures: Figures::default(),
            visit: Visit::default(),
        }
    }
}

impl OfRoot {
    pub(super) fn new(operation: Operation) -> OfRoot {
        OfRoot {
            operation,
            paths: 0,
            other: NONE,
            root: Root {
                operation,
                traces: 0,
                duration_ns: 0,
                cohort_traces: Default::default(),
                cohort_duration_ns: Default::default(),
            },
        }
    }
}

impl<'a> CallPath<'a> {
    /// Its operations, from that of the root down.
    pub fn operations(&self) -> Vec<Operation> {
        let above = |entry: &&'a Entry| self.all.paths.get(entry.above as usize);
        let upwards = std::iter::successors(Some(self.entry), above);
        let mut operations: Vec<Operation> = upwards.map(|entry| entry.operation).collect();
        operations.reverse();
        operations
    }

    /// That of the root.
    pub fn root(&self) -> Operation {
        self.all.roots[self.entry.root as usize].operation
    }

    /// The last of its operations.
    pub fn operation(&self) -> Operation {
        self.entry.operation
    }

    /// What is known of it.
    pub fn figures(&self) -> &'a Figures {
        &self.entry.figures
    }
}
