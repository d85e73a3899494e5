//! From the end backwards: which spans the root waited for, and when.

use std::cmp::Ordering;

use super::ids::NONE;
use super::own;
use super::segment::{Segment, Step};
use super::tree::{State, Tree};
use super::{Node, Options};

/// A span of the path whose children are being looked at.
pub(super) struct Frame {
    pub(super) node: u32,
    /// When it begins.
    lo: u64,
    /// What is later is known.
    pub(super) cur: u64,
    /// The first of its children among those of all frames, and the next to be looked at.
    first: u32,
    next: u32,
    /// The earliest start of children that were passed over and still ran here.
    pub(super) beside: u64,
    /// How much of its own time has been divided into run and wait.
    pub(super) divided: u64,
    /// Whether a child of it was taken.
    pub(super) taken: bool,
}

/// A child that is waited for.
#[derive(Clone, Copy)]
pub(super) struct Child {
    pub(super) to: u64,
    pub(super) from: u64,
    pub(super) node: u32,
}

/// What a child is, seen from the path of its parent.
pub(super) enum Verdict {
    /// It is on the path, within these bounds.
    Taken { from: u64, to: u64 },
    /// It still ran when a later one began.
    Beside,
    /// It has no time that is not that of others.
    Nothing,
    /// It, and all after it, ended before the parent began.
    Before,
}

/// What becomes of a child, where everything after `cur` is known.
#[inline]
pub(super) fn judge(child: &Child, lo: u64, cur: u64, skew: u64) -> Verdict {
    if child.to.saturating_sub(cur) > skew {
        Verdict::Beside
    } else if child.from >= child.to.min(cur) {
        Verdict::Nothing
    } else if child.to <= lo {
        Verdict::Before
    } else {
        Verdict::Taken {
            from: child.from.max(lo),
            to: child.to.min(cur),
        }
    }
}

/// A path, and the scratch of the walk.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) segments: Vec<Segment>,
    /// From the latest to the earliest, a span before those below it.
    pub(super) steps: Vec<Step>,
    frames: Vec<Frame>,
    /// Of each frame those that are left, one frame's after the other's.
    children: Vec<Child>,
}

impl Walk {
    /// Walks from the end of a span to its start.
    pub(super) fn walk(&mut self, tree: &Tree, nodes: &[Node], root: u32, options: &Options) {
        self.segments.clear();
        self.steps.clear();
        if root == NONE {
            return;
        }
        let branch = &tree.branches[root as usize];
        let (from_ns, to_ns) = (branch.from, branch.to);
        self.steps.push(Step {
            from_ns,
            to_ns,
            node: root,
            above: root,
        });
        let mut frame = self.enter(tree, root, from_ns, to_ns);
        loop {
            if let Some((child, from, to)) = take(&mut frame, &self.children, options.skew_ns) {
                if to < frame.cur {
                    own::push(&mut frame, tree, nodes, to, &mut self.segments);
                }
                frame.taken = true;
                frame.cur = from;
                let above = frame.node;
                self.steps.push(Step {
                    from_ns: from,
                    to_ns: to,
                    node: child,
                    above,
                });
                if tree.branches[child as usize].first == NONE {
                    let mut leaf = Frame::new(child, from, to, 0);
                    own::push(&mut leaf, tree, nodes, from, &mut self.segments);
                } else {
                    self.frames.push(frame);
                    frame = self.enter(tree, child, from, to);
                }
                continue;
            }
            let lo = frame.lo;
            if lo < frame.cur {
                own::push(&mut frame, tree, nodes, lo, &mut self.segments);
            }
            self.children.truncate(frame.first as usize);
            match self.frames.pop() {
                Some(above) => frame = above,
                None => break,
            }
        }
        self.segments.reverse();
    }

    #[inline]
    fn enter(&mut self, tree: &Tree, node: u32, from: u64, to: u64) -> Frame {
        let first = self.children.len();
        gather::<false>(tree, node, &mut self.children);
        Frame::new(node, from, to, first)
    }
}

impl Frame {
    #[inline]
    fn new(node: u32, lo: u64, cur: u64, first: usize) -> Frame {
        Frame {
            node,
            lo,
            cur,
            first: first as u32,
            next: first as u32,
            beside: u64::MAX,
            divided: 0,
            taken: false,
        }
    }
}

/// The next child of the path, and when it is on it.
#[inline]
fn take(frame: &mut Frame, children: &[Child], skew: u64) -> Option<(u32, u64, u64)> {
    while let Some(child) = children.get(frame.next as usize) {
        frame.next += 1;
        match judge(child, frame.lo, frame.cur, skew) {
            Verdict::Taken { from, to } => return Some((child.node, from, to)),
            Verdict::Beside => frame.beside = frame.beside.min(child.from),
            Verdict::Nothing => {}
            Verdict::Before => break,
        }
    }
    None
}

/// Adds the children that a span waits for, the latest end first; those without length only if they are asked for, since no
/// path has them.
#[inline]
pub(super) fn gather<const INSTANTS: bool>(tree: &Tree, of: u32, into: &mut Vec<Child>) {
    let first = into.len();
    let mut sorted = true;
    for node in tree.children(of) {
        let branch = &tree.branches[node as usize];
        if branch.state != State::Waited || (!INSTANTS && branch.from >= branch.to) {
            continue;
        }
        let child = Child {
            to: branch.to,
            from: branch.from,
            node,
        };
        if sorted && into.len() > first {
            sorted = into
                .last()
                .is_none_or(|last| rank(tree, last, &child).is_lt());
        }
        into.push(child);
    }
    if !sorted {
        into[first..].sort_unstable_by(|a, b| rank(tree, a, b));
    }
}

/// The latest end first, then the earliest start, then the least id.
fn rank(tree: &Tree, a: &Child, b: &Child) -> Ordering {
    b.to.cmp(&a.to).then_with(|| {
        let rank = |child: &Child| {
            let branch = &tree.branches[child.node as usize];
            (branch.start, branch.id, child.node)
        };
        rank(a).cmp(&rank(b))
    })
}
