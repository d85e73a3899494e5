//! A trace whose spans lie in one another, as those of one thread do, added up by call path in one look from its end.
//!
//! Most traces are so. Their spans come as they ended, so that from the last one backwards each is preceded by its parent and by its
//! later siblings. Where each lies within its parent, and ends before the next of its siblings starts, all of them are on the critical
//! path. Ids are given out in order as spans start, so that each is above its parent's and below those of its later siblings: then no two
//! are the same. Where any of this does not hold, each span is judged by itself.

use super::{Call, Calls, Edge, Node, Took};

/// So many call paths of a trace are told apart. More: a new one is compared with more. Less: more traces are judged span by span.
const MOST_CALLS: usize = 64;

/// Memory that is used for one trace after another.
#[derive(Default)]
pub(crate) struct ByCall {
    calls: Vec<Call>,
    took: Vec<Took>,
    around: Vec<Around>,
}

/// A span of which everything later than `until_ns` is known.
struct Around {
    id: u64,
    /// The least id of what was later; what is below it has less.
    bound: u64,
    start_ns: u64,
    lasted_ns: u64,
    until_ns: u64,
    /// What those below it took.
    below_ns: u64,
    busy_ns: u64,
    /// The place of its call, and of that of the last span below it.
    call: u32,
    last: u32,
    own: Own,
}

/// What the own time of a span is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Run,
    Polled,
    Queue,
}

impl ByCall {
    /// Adds up the spans of a trace, of which the others than the root come from the last one backwards. Says whether they could be: not
    /// where they do not simply lie in one another, or did not come as they ended.
    #[inline(always)]
    pub(crate) fn add(&mut self, root: &Node, others: impl Iterator<Item = Node>) -> bool {
        self.try_add(root, others).is_some()
    }

    /// What they came to.
    pub(crate) fn calls(&self) -> Calls<'_> {
        Calls {
            calls: &self.calls,
            took: &self.took,
        }
    }

    #[inline(always)]
    fn try_add(&mut self, root: &Node, others: impl Iterator<Item = Node>) -> Option<()> {
        self.calls.clear();
        self.took.clear();
        self.around.clear();
        if !is_simple(root) || !is_root(root) {
            return None;
        }
        let call = self.new_call(0, root);
        let mut last = self.enter(root, call, u64::MAX);
        for node in others {
            if !is_simple(&node) || is_root(&node) {
                return None;
            }
            if node.parent == last.id {
                self.around.push(last);
            } else {
                self.leave(&last);
                self.leave_down_to(node.parent)?;
            }
            let above = self.around.last_mut()?;
            let is_new = above.id < node.id && node.id < above.bound;
            let is_within = above.start_ns <= node.start_ns && node.end_ns <= above.until_ns;
            if !is_new || !is_within {
                return None;
            }
            let bound = std::mem::replace(&mut above.bound, node.id);
            above.until_ns = node.start_ns;
            above.below_ns += node.end_ns - node.start_ns;
            if above.last == above.call || !self.calls[above.last as usize].is_of(&node) {
                let of = above.call;
                let below = self.call_below(of, &node)?;
                self.around.last_mut()?.last = below;
            }
            let call = self.around.last()?.last;
            last = self.enter(&node, call, bound);
        }
        self.leave(&last);
        while let Some(above) = self.around.pop() {
            self.leave(&above);
        }
        Some(())
    }

    /// The next span, which is of that call.
    #[inline(always)]
    fn enter(&mut self, node: &Node, call: u32, bound: u64) -> Around {
        let lasted_ns = node.end_ns - node.start_ns;
        self.took.push(Took {
            call,
            ns: lasted_ns,
        });
        Around {
            id: node.id,
            bound,
            start_ns: node.start_ns,
            lasted_ns,
            until_ns: node.end_ns,
            below_ns: 0,
            busy_ns: node.busy_ns,
            call,
            last: call,
            own: match node.edge {
                Edge::Queue => Own::Queue,
                _ if node.polled => Own::Polled,
                _ => Own::Run,
            },
        }
    }

    /// Nothing else lies in a span.
    #[inline(always)]
    fn leave(&mut self, span: &Around) {
        let own_ns = span.lasted_ns - span.below_ns;
        let call = &mut self.calls[span.call as usize];
        call.spans += 1;
        call.took_ns += span.lasted_ns;
        call.longest_ns = call.longest_ns.max(span.lasted_ns);
        match span.own {
            Own::Run => call.run_ns += own_ns,
            Own::Queue => call.queue_ns += own_ns,
            Own::Polled => {
                let busy_ns = span.busy_ns.min(span.lasted_ns);
                let ran_ns = Node::ran_ns(own_ns, busy_ns, span.lasted_ns);
                call.run_ns += ran_ns;
                call.wait_ns += own_ns - ran_ns;
            }
        }
    }

    /// Nothing else lies in the spans that lie in one of that id.
    #[inline(always)]
    fn leave_down_to(&mut self, id: u64) -> Option<()> {
        while self.around.last()?.id != id {
            let above = self.around.pop()?;
            self.leave(&above);
        }
        Some(())
    }

    /// The place of the call that a span is below another; `None` where there are too many.
    #[inline(never)]
    fn call_below(&mut self, above: u32, node: &Node) -> Option<u32> {
        let calls = (0..).zip(&self.calls).skip(1);
        let mut those = calls.filter(|(_, call)| call.above == above && call.is_of(node));
        if let Some((place, _)) = those.next() {
            return Some(place);
        }
        (self.calls.len() < MOST_CALLS).then(|| self.new_call(above, node))
    }

    fn new_call(&mut self, above: u32, node: &Node) -> u32 {
        self.calls.push(Call {
            operation: node.operation,
            component: node.component,
            above,
            spans: 0,
            took_ns: 0,
            longest_ns: 0,
            run_ns: 0,
            wait_ns: 0,
            queue_ns: 0,
        });
        self.calls.len() as u32 - 1
    }
}

/// Whether its parent waits for it, and what its own time is can be said of it alone.
#[inline(always)]
fn is_simple(node: &Node) -> bool {
    node.edge != Edge::Detached && !node.open && node.id != 0 && node.start_ns < node.end_ns
}

#[inline(always)]
fn is_root(node: &Node) -> bool {
    node.parent == 0 || node.remote_parent
}
