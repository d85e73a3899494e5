//! What became of every span that was recorded, from the ring to the disk.

use crate::model::trace::Policy;

use super::Excess;

/// What became of every span.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Accounting {
    /// Spans that have ended, since the process began.
    pub spans: OfSpans,
    /// Everything that threads record of spans, by kind, since the process began.
    pub records: Vec<OfKind>,
    /// Complete traces since the runtime was started, or given up.
    pub traces: u64,
    /// Of these, those whose root did not come or end.
    pub traces_given_up: u64,
    /// Of these, those that had to go since there were too many at a time.
    pub traces_over_limit: u64,
    /// Traces of which nothing but what was said of spans has come.
    pub strays: u64,
    /// Traces that are not complete.
    pub live: u64,
    /// Traces that each policy kept, and how many received ones these stand for.
    pub kept: Vec<(Policy, u64, f64)>,
    /// Rings of threads.
    pub rings: OfRings,
    /// Traces that a policy would have kept, but for its rate.
    pub excess: Excess,
    /// Of which roots just a share is recorded, in the order in which it was said.
    pub shares: Vec<(String, f64)>,
    /// Spans that are switched off.
    pub without: Vec<String>,
}

/// What became of spans that have ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfSpans {
    /// Those that ended while they were recorded.
    pub emitted: u64,
    /// Those that were dropped because their thread's ring was full.
    pub ring_full: u64,
    /// Those that were dropped because their thread had no ring.
    pub no_ring: u64,
    /// Those that were received.
    pub received: u64,
    /// Of these, those of traces that were kept.
    pub kept: u64,
    /// Those of traces that no policy kept.
    pub discarded: u64,
    /// Those that came too late for a trace that was not kept.
    pub late: u64,
    /// Those that one trace had too many of.
    pub over_limit: u64,
    /// Those whose trace is not complete.
    pub pending: u64,
}

/// Records of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfKind {
    /// What they tell.
    pub kind: &'static str,
    /// Those that threads made.
    pub emitted: u64,
    /// Those that were dropped because the ring was full.
    pub ring_full: u64,
    /// Those that were dropped because the thread had no ring.
    pub no_ring: u64,
}

/// Rings of threads, all together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfRings {
    /// How many there are.
    pub rings: u64,
    /// How many slots of 64 bytes they have.
    pub slots: u64,
    /// How many of these wait to be taken in.
    pub slots_in_use: u64,
    /// How many slots wait in the ring that is fullest, in thousandths of it.
    pub fullest_permille: u64,
}

/// Two sides that should be equal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity {
    /// What there was.
    pub left: u64,
    /// What became of it, added up.
    pub right: u64,
}

impl Identity {
    /// Whether both sides are equal.
    pub fn holds(self) -> bool {
        self.left == self.right
    }
}

impl Accounting {
    /// Spans that lie in rings: those of which nothing else is known, where there is room for them.
    pub fn in_rings(&self) -> u64 {
        let known = self.spans.received + self.spans.ring_full + self.spans.no_ring;
        let unknown = self.spans.emitted.saturating_sub(known);
        // A span takes a slot at least.
        unknown.min(self.rings.slots_in_use)
    }

    /// Every span that was emitted was received or dropped, or lies in a ring.
    pub fn emitted(&self) -> Identity {
        let spans = &self.spans;
        Identity {
            left: spans.emitted,
            right: spans.received + spans.ring_full + spans.no_ring + self.in_rings(),
        }
    }

    /// Every span that was received was kept, discarded, late or over a limit, or is pending.
    pub fn received(&self) -> Identity {
        let spans = &self.spans;
        Identity {
            left: spans.received,
            right: spans.kept + spans.discarded + spans.late + spans.over_limit + spans.pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_no_ring_and_nowhere_else_breaks_the_identity() {
        let mut accounting = Accounting {
            spans: OfSpans {
                emitted: 10,
                ring_full: 1,
                no_ring: 2,
                received: 4,
                kept: 1,
                discarded: 1,
                pending: 2,
                ..OfSpans::default()
            },
            ..Accounting::default()
        };
        accounting.rings.slots_in_use = 5;
        assert_eq!(accounting.in_rings(), 3);
        assert!(accounting.emitted().holds() && accounting.received().holds());
        accounting.rings.slots_in_use = 2;
        assert_eq!(accounting.emitted(), Identity { left: 10, right: 9 });
        accounting.spans.received = 12;
        let more_than_there_was = accounting.emitted();
        assert!(!more_than_there_was.holds() && !accounting.received().holds());
    }
}
