//! What is known of each span beside the path, for whoever looks at one trace.

use super::tree::{Branch, State, Tree};
use super::walk::{Child, Verdict, gather, judge};
use super::{Path, Segment};

/// What is known of a span beside the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// How it stands to the path.
    pub standing: Standing,
    /// The time within which it is seen: of a span that is waited for, that within its parent's.
    pub from_ns: u64,
    /// Until when it is.
    pub to_ns: u64,
    /// Time in it that no child which it waits for covers.
    pub own_ns: u64,
    /// Own time of it on the path.
    pub critical_ns: u64,
    /// How much later it could have ended without ending anything else later; 0 on the path. `None` where nobody waits for it.
    pub slack_ns: Option<u64>,
    /// How much earlier its parent could have ended at most, had it taken no time: from its end back to its start, or to the last
    /// end of another child that had ended by then; 0 beside the path.
    pub drag_ns: u64,
}

/// How a span stands to the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is a part of it.
    Critical,
    /// It is waited for, but what is on the path took longer; it, or one above it, ran beside it or took no time.
    Parallel,
    /// It is on no path of this root: nobody waits for it or for one above it, or it is below another root.
    Apart,
    /// It ended later than its parent, which therefore did not wait for it.
    Outlives,
    /// It, or one above it, has no time within that of its parent.
    Outside,
    /// Another span has its id.
    Duplicate,
}

impl Path<'_> {
    /// What is known of each node beside the path, in their order. It allocates, unlike the walk.
    pub fn facts(&self) -> Vec<Facts> {
        let tree = &self.walker.tree;
        let mut all: Vec<Facts> = tree.branches.iter().map(Facts::of).collect();
        for step in self.steps() {
            let facts = &mut all[step.node as usize];
            facts.standing = Standing::Critical;
            // With a tolerance for skew, less of it may be on the path than could be seen.
            (facts.from_ns, facts.to_ns) = (step.from_ns, step.to_ns);
            facts.slack_ns = Some(0);
        }
        if let Some(root) = self.steps().first() {
            all[root.node as usize].drag_ns = root.duration_ns();
        }
        for segment in self.segments() {
            all[segment.node as usize].critical_ns += Segment::duration_ns(segment);
        }
        let mut children = Vec::new();
        for place in parents_first(tree) {
            children.clear();
            gather::<true>(tree, place, &mut children);
            look_at_children(place, &children, self.options.skew_ns, &mut all);
        }
        all.truncate(self.nodes.len());
        all
    }
}

/// What the children of a span are, of which everything is known.
fn look_at_children(of: u32, children: &[Child], skew: u64, all: &mut [Facts]) {
    let above = all[of as usize];
    // The last child that was taken, and what children cover so far.
    let (mut cur, mut end) = (above.to_ns, above.to_ns);
    let (mut covered, mut own) = (above.to_ns, 0);
    for (at, child) in children.iter().enumerate() {
        own += covered.saturating_sub(child.to.max(above.from_ns));
        covered = covered.min(child.from);
        let facts = &mut all[child.node as usize];
        let slack = match judge(child, above.from_ns, cur, skew) {
            Verdict::Taken { from, to } => {
                (cur, end) = (from, to);
                if facts.standing == Standing::Critical {
                    // The next in the list ended last of the others.
                    let other = children.get(at + 1).map_or(0, |other| other.to.min(to));
                    facts.drag_ns = to - from.max(other);
                }
                0
            }
            Verdict::Beside => end.saturating_sub(child.to),
            Verdict::Nothing | Verdict::Before => 0,
        };
        if facts.standing == Standing::Apart && above.slack_ns.is_some() {
            facts.standing = Standing::Parallel;
        }
        if facts.standing != Standing::Critical {
            facts.slack_ns = above.slack_ns.map(|above| above.saturating_add(slack));
        }
    }
    all[of as usize].own_ns = own + covered.saturating_sub(above.from_ns);
}

impl Facts {
    fn of(branch: &Branch) -> Facts {
        Facts {
            standing: match branch.state {
                State::Duplicate => Standing::Duplicate,
                State::Outside | State::Below => Standing::Outside,
                State::Outliving => Standing::Outlives,
                _ => Standing::Apart,
            },
            from_ns: branch.from,
            to_ns: branch.to,
            own_ns: 0,
            critical_ns: 0,
            slack_ns: None,
            drag_ns: 0,
        }
    }
}

/// All spans that have parents or children, each after its parent.
fn parents_first(tree: &Tree) -> Vec<u32> {
    let mut order = tree.roots.clone();
    let mut at = 0;
    while at < order.len() {
        order.extend(tree.children(order[at]));
        at += 1;
    }
    order
}
