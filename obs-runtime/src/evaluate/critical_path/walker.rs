//! The scratch that walks use again, and what it holds after one.

use super::ids::NONE;
use super::tree::{MOST, Tree};
use super::walk::Walk;
use super::{Counts, Node, Options, Segment, Step};

/// Finds critical paths, one trace after another, in memory that it keeps: once it has seen a trace as large, it allocates nothing.
pub struct Walker {
    pub(super) tree: Tree,
    pub(super) walk: Walk,
}

/// The critical path of a trace.
pub struct Path<'a> {
    pub(super) walker: &'a mut Walker,
    pub(super) nodes: &'a [Node],
    pub(super) options: Options,
    root: u32,
}

impl Default for Walker {
    fn default() -> Walker {
        Walker::new()
    }
}

impl Walker {
    /// One that has no memory yet.
    pub fn new() -> Walker {
        Walker {
            tree: Tree::new(),
            walk: Walk::default(),
        }
    }

    /// The critical path of the trace that these nodes are. Of more than 2^31 nodes the rest is not looked at.
    pub fn walk<'a>(&'a mut self, nodes: &'a [Node], options: &Options) -> Path<'a> {
        let nodes = &nodes[..nodes.len().min(MOST)];
        self.tree.grow(nodes, options);
        let root = self.tree.root;
        self.walk.walk(&self.tree, nodes, root, options);
        Path {
            walker: self,
            nodes,
            options: *options,
            root,
        }
    }
}

impl<'a> Path<'a> {
    /// The root of the path, by its place among the nodes; `None` where there are no nodes.
    pub fn root(&self) -> Option<u32> {
        (self.root != NONE).then_some(self.root)
    }

    /// The other roots of the trace, each with a path of its own.
    pub fn other_roots(&self) -> impl Iterator<Item = u32> {
        let root = self.walker.tree.root;
        let roots = self.walker.tree.roots.iter().copied();
        roots.filter(move |other| *other != root)
    }

    /// The path in order of time: disjoint pieces that add up to [`duration_ns`](Path::duration_ns).
    pub fn segments(&self) -> &[Segment] {
        &self.walker.walk.segments
    }

    /// The spans of the path, the latest first, each before those below it.
    pub fn steps(&self) -> &[Step] {
        &self.walker.walk.steps
    }

    /// How long the root of the path took, or has taken so far.
    pub fn duration_ns(&self) -> u64 {
        self.steps().first().map_or(0, Step::duration_ns)
    }

    /// What is wrong with the trace.
    pub fn counts(&self) -> Counts {
        self.walker.tree.counts
    }

    /// The nodes that were walked.
    pub fn nodes(&self) -> &'a [Node] {
        self.nodes
    }

    /// How many places there are: nodes, then spans that are missing.
    pub fn places(&self) -> usize {
        self.walker.tree.branches.len()
    }

    /// The id of the missing span that a place stands for; `None` for a place among the nodes.
    pub fn missing(&self, place: u32) -> Option<u64> {
        let branch = self.walker.tree.branches.get(place as usize)?;
        (place as usize >= self.nodes.len()).then_some(branch.id)
    }

    /// The path of another root, or of any span, in place of this one. That of a place that does not exist has no segments.
    #[must_use]
    pub fn follow(mut self, root: u32) -> Path<'a> {
        let exists = (root as usize) < self.walker.tree.branches.len();
        self.root = if exists { root } else { NONE };
        let Walker { tree, walk } = &mut *self.walker;
        walk.walk(tree, self.nodes, self.root, &self.options);
        self
    }
}
