//! What became of every span: the counts of the record path beside those of the collector.

use std::sync::{Mutex, PoisonError};

use obs::collector::spans::SpanStats;

use super::traces::{Shared, State};
use crate::collect::traces::Counts;
use crate::evaluate::traces::{Accounting, OfKind, OfRings, OfSpans};

/// What tells a span's end among the kinds of records.
const END: usize = 0;

/// The kinds of records, in the order in which they are counted.
const KINDS: [&str; 9] = [
    "end",
    "start",
    "event",
    "attributes",
    "link",
    "thread",
    "state",
    "gap",
    "exemplar",
];

/// Counts are read one after the other while threads record; so often, for them to fit.
const READINGS: usize = 16;

/// What runtimes of this process received that are shut down: what the record path counts goes on from one to the next.
static EARLIER: Mutex<OfSpans> = Mutex::new(OfSpans {
    emitted: 0,
    ring_full: 0,
    no_ring: 0,
    received: 0,
    kept: 0,
    discarded: 0,
    late: 0,
    over_limit: 0,
    pending: 0,
});

/// A runtime is shut down that has received so much.
pub(super) fn remember(counts: &Counts) {
    let mut earlier = EARLIER.lock().unwrap_or_else(PoisonError::into_inner);
    *earlier = received(*earlier, counts);
}

/// What the runtimes before this one received.
pub(super) fn earlier() -> OfSpans {
    *EARLIER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was received before, and by this runtime.
fn received(earlier: OfSpans, counts: &Counts) -> OfSpans {
    OfSpans {
        received: earlier.received + counts.spans,
        kept: earlier.kept + counts.spans_kept,
        discarded: earlier.discarded + counts.spans_discarded,
        late: earlier.late + counts.spans_late,
        over_limit: earlier.over_limit + counts.spans_over_limit,
        ..earlier
    }
}

impl Shared {
    /// What became of every span.
    pub(super) fn accounting(&self) -> Accounting {
        let earlier = self.earlier;
        let mut state = self.state();
        let mut accounting = state.accounting(earlier);
        for _ in 1..READINGS {
            if accounting.emitted().holds() {
                break;
            }
            accounting = state.accounting(earlier);
        }
        drop(state);
        accounting.shares = self.settings.shares.clone();
        accounting.without = self.settings.without.clone();
        accounting
    }
}

impl State {
    fn accounting(&mut self, earlier: OfSpans) -> Accounting {
        let stats = self.spans.stats();
        let counts = self.counts();
        let kept = self.kept.iter();
        Accounting {
            spans: OfSpans {
                emitted: stats.emitted[END],
                ring_full: stats.ring_full[END],
                no_ring: stats.no_ring[END],
                pending: self.collection.pending(),
                ..received(earlier, &counts)
            },
            records: by_kind(&stats),
            traces: counts.traces,
            traces_given_up: counts.traces_given_up,
            traces_over_limit: counts.traces_over_limit,
            strays: counts.strays,
            live: self.collection.live() as u64,
            kept: kept
                .map(|(policy, (traces, stand_for))| (*policy, *traces, *stand_for))
                .collect(),
            rings: OfRings {
                rings: stats.rings,
                slots: stats.slots,
                slots_in_use: stats.slots_in_use,
                fullest_permille: stats.fullest_permille,
            },
            excess: self.judge.policies().excess(),
            shares: Vec::new(),
            without: Vec::new(),
        }
    }
}

fn by_kind(stats: &SpanStats) -> Vec<OfKind> {
    let kinds = KINDS.iter().enumerate();
    let of_kind = |(at, kind): (usize, &&'static str)| OfKind {
        kind,
        emitted: stats.emitted[at],
        ring_full: stats.ring_full[at],
        no_ring: stats.no_ring[at],
    };
    kinds.map(of_kind).collect()
}
