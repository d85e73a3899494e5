//! All traces that are not complete: records in, traces out.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use obs::collector::spans::{self, Anchor, Owner, Reading, Record, What};

use super::live::{Gap, Live};
use super::names::Names;
use super::outline::Draft;
use super::past::Past;
use super::{GIVEN_UP, LINGER, LONG_POLL_NS, assemble};
use crate::model::exemplars::Exemplar;
use crate::model::trace::{Kept, Missing, Outline, SpanId, Trace, TraceId};

/// What is taken of memory for traces that are not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How many there may be. More: more requests at a time are whole. Less: less memory.
    pub(crate) traces: usize,
    /// How many spans one of them may have; beyond that, faults and what the root did itself are kept. What is said of spans may take
    /// eight slots for each.
    pub(crate) spans_of_trace: u32,
    /// How many slots of 64 bytes all of them may have together.
    pub(crate) slots: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            traces: 10_000,
            spans_of_trace: 20_000,
            slots: 1 << 20,
        }
    }
}

/// What this stage counts, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Spans that were received.
    pub(crate) spans: u64,
    /// Of them, those of traces that were kept.
    pub(crate) spans_kept: u64,
    /// Those of traces that no policy kept.
    pub(crate) spans_discarded: u64,
    /// Those that one trace had too many of.
    pub(crate) spans_over_limit: u64,
    /// Those that came too late for a trace that was not kept.
    pub(crate) spans_late: u64,
    /// Traces that were complete, or given up.
    pub(crate) traces: u64,
    /// Of them, those whose root did not come or end.
    pub(crate) traces_given_up: u64,
    /// Of them, those that had to go since there were too many.
    pub(crate) traces_over_limit: u64,
    /// Records of which it is not known what they belong to.
    pub(crate) strays: u64,
    /// Spans of which a poll took so long that it blocked its executor.
    pub(crate) long_polls: u64,
}

/// All traces that are not complete.
pub(crate) struct Collection {
    limits: Limits,
    pub(super) live: HashMap<u128, u32, foldhash::fast::RandomState>,
    pub(super) traces: Vec<Live>,
    free: Vec<u32>,
    /// The trace of the last record: mostly also that of the next.
    last: (u128, u32),
    /// Those whose root has ended, in that order.
    ended: Vec<u32>,
    /// Those of them of which nothing else will come.
    whole: Vec<u32>,
    /// How often all rings were looked at.
    round: u64,
    past: Past,
    draft: Draft,
    counts: Counts,
    slots: usize,
    /// What was heard of drops in this round: a trace of which something was dropped may come later in it, of another ring.
    drops: Vec<Drops>,
    looked_for_idle: Option<Instant>,
}

/// Records that were dropped.
struct Drops {
    /// Of which traces; `None` where it may be any.
    of: Option<Vec<u128>>,
    gap: Option<Gap>,
}

impl Drops {
    /// Whether records of that trace may be among them.
    fn may_be_of(&self, id: u128) -> bool {
        self.of.as_ref().is_none_or(|of| of.contains(&id))
    }
}

/// A trace that is complete, or as complete as it will be.
pub(crate) struct Collected<'a> {
    live: &'a Live,
    missing: Missing,
    /// Why the trace was kept that this is a further part of; `None` if it is none.
    late_for: Option<Kept>,
    anchor: &'a Anchor,
}

impl Collected<'_> {
    /// Why the trace was kept that this is a further part of: what came late, or what another call of its caller's was. `None` if it
    /// is none.
    pub(crate) fn late_for(&self) -> Option<Kept> {
        self.late_for
    }

    /// The exemplars that its spans are, each with its place.
    pub(crate) fn exemplars(&self, mut look: impl FnMut(Owner, u32, Exemplar)) {
        let trace = TraceId::new(self.live.id);
        let records = self.live.records();
        for record in records.filter(|record| record.what() == What::Exemplar) {
            let offered = record.exemplar();
            if let (Some(trace), Some(span)) = (trace, SpanId::new(spans::outside(record.span()))) {
                let time = offered.time;
                let exemplar = Exemplar {
                    trace,
                    span,
                    value: offered.value,
                    time_ns: self.anchor.unix_ns_of(time.at, time.monotonic),
                };
                look(offered.owner, offered.cell, exemplar);
            }
        }
    }

    /// Puts the trace together.
    pub(crate) fn trace(&self, kept: Kept, names: &Names) -> Option<Trace> {
        assemble::trace(self.live, self.missing, kept, names, self.anchor)
    }
}

/// Whether a poll of a span took so long that it blocked its executor.
#[inline]
fn is_long(record: Record<'_>) -> bool {
    let Some(polled) = record.polled() else {
        return false;
    };
    spans::Anchor::since(polled.longest, record.start().monotonic) >= LONG_POLL_NS
}

/// The id of a trace, of its halves.
#[inline]
fn number([high, low]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// Says why a trace is kept, if it is.
pub(crate) type Judging<'j> = &'j mut dyn FnMut(&Outline<'_>, &Collected<'_>) -> Option<Kept>;

const NOWHERE: u32 = u32::MAX;

/// How often traces are looked for that are idle or open for too long.
const IDLE_EVERY: Duration = Duration::from_millis(500);

impl Collection {
    pub(crate) fn new(limits: Limits) -> Collection {
        Collection {
            limits,
            live: HashMap::default(),
            traces: Vec::new(),
            free: Vec::new(),
            last: (0, NOWHERE),
            ended: Vec::new(),
            whole: Vec::new(),
            round: 0,
            past: Past::default(),
            draft: Draft::default(),
            counts: Counts::default(),
            slots: 0,
            drops: Vec::new(),
            looked_for_idle: None,
        }
    }

    /// What was counted.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// Spans that were received, and whose trace is not complete.
    pub(crate) fn pending(&self) -> u64 {
        let live = self.live.values();
        live.map(|at| u64::from(self.traces[*at as usize].spans()))
            .sum()
    }

    /// How many traces are not complete.
    pub(crate) fn live(&self) -> usize {
        self.live.len()
    }

    /// Takes in a record of a span, or of what is said of one.
    #[inline(always)]
    pub(crate) fn take(&mut self, record: Record<'_>, now: Instant) {
        let id = number(record.trace());
        let at = if self.last.0 == id && self.last.1 != NOWHERE {
            self.last.1
        } else {
            self.find(id, now)
        };
        let live = &mut self.traces[at as usize];
        let before = live.slots.len();
        let over = live.over_limit;
        let ended = live.take(record, now, self.round, self.limits.spans_of_trace);
        self.slots += live.slots.len() - before;
        if record.what() == What::End {
            self.counts.long_polls += u64::from(is_long(record));
            self.counts.spans += 1;
            self.counts.spans_over_limit += live.over_limit - over;
        }
        if ended {
            match live.is_confined && !live.is_open() {
                true => self.whole.push(at),
                false => self.ended.push(at),
            }
        }
    }

    #[inline(never)]
    fn find(&mut self, id: u128, now: Instant) -> u32 {
        let at = match self.live.get(&id) {
            Some(at) => *at,
            None => {
                let at = self.free.pop().unwrap_or(self.traces.len() as u32);
                match self.traces.get_mut(at as usize) {
                    Some(live) => live.begin(id, now),
                    None => self.traces.push(Live::new(id, now)),
                }
                self.live.insert(id, at);
                at
            }
        };
        self.last = (id, at);
        at
    }

    /// Hears that records were dropped: of these traces, or of any that is live.
    pub(crate) fn touch(&mut self, traces: Option<&[[u64; 2]]>) {
        self.touch_in(traces, None);
    }

    /// The same by a record that tells when that was.
    pub(crate) fn lost(&mut self, record: Record<'_>) {
        let lost = record.lost();
        let reading = |at| Reading {
            at,
            monotonic: lost.monotonic,
        };
        let gap = Gap {
            first: reading(lost.first),
            last: reading(lost.last),
            records: lost.records,
            thread: record.thread(),
        };
        self.touch_in(lost.traces.as_deref(), Some(gap));
    }

    fn touch_in(&mut self, traces: Option<&[[u64; 2]]>, gap: Option<Gap>) {
        self.drops.push(Drops {
            of: traces.map(|traces| traces.iter().copied().map(number).collect()),
            gap,
        });
    }

    /// Marks the traces of which something was dropped.
    fn mark_touched(&mut self) {
        for Drops { of, gap } in self.drops.drain(..) {
            let Some(touched) = of else {
                for at in self.live.values() {
                    self.traces[*at as usize].touch(gap);
                }
                continue;
            };
            for id in touched {
                if let Some(at) = self.live.get(&id) {
                    self.traces[*at as usize].touch(gap);
                }
            }
        }
    }

    /// Gives every trace to `judge` of which nothing else will come, whatever other rings hold. Where records may have been dropped of
    /// which it is not known yet, they are complete with the others.
    pub(crate) fn complete_whole(
        &mut self,
        no_drops: bool,
        now: Instant,
        anchor: &Anchor,
        judge: Judging<'_>,
    ) {
        let mut whole = std::mem::take(&mut self.whole);
        for at in whole.drain(..) {
            let live = &self.traces[at as usize];
            let lacks = |drops: &Drops| drops.may_be_of(live.id);
            if !no_drops || self.drops.iter().any(lacks) {
                self.ended.push(at);
            } else if live.root_ended.is_some() {
                self.finish(at, now, anchor, judge);
            }
        }
        self.whole = whole;
    }

    /// Ends a round: all rings have been looked at. Gives every trace that is complete to `judge`, which says why it is kept, if
    /// it is.
    pub(crate) fn complete(&mut self, now: Instant, anchor: &Anchor, judge: Judging<'_>) {
        self.mark_touched();
        let ended = std::mem::take(&mut self.ended);
        let mut waiting = Vec::new();
        for at in &ended {
            let live = &self.traces[*at as usize];
            let Some(root_ended) = live.root_ended else {
                continue;
            };
            let is_new = root_ended.round == self.round;
            let lingers = live.is_open() && now.saturating_duration_since(root_ended.at) < LINGER;
            if is_new || lingers {
                waiting.push(*at);
            } else {
                self.finish(*at, now, anchor, judge);
            }
        }
        self.ended = waiting;
        self.looked();
        let is_due = self
            .looked_for_idle
            .is_none_or(|then| now.saturating_duration_since(then) >= IDLE_EVERY);
        if is_due || self.is_over_limit(0, 0) {
            self.looked_for_idle = Some(now);
            self.give_up(now, anchor, judge);
            self.past.forget(now);
        }
    }

    /// All rings have been looked at, and will be once more before traces are complete.
    pub(crate) fn looked(&mut self) {
        self.round += 1;
    }

    /// Gives all that is left to `judge`: nothing will come any more.
    pub(crate) fn complete_all(&mut self, now: Instant, anchor: &Anchor, judge: Judging<'_>) {
        self.ended.clear();
        let all: Vec<u32> = self.live.values().copied().collect();
        for at in all {
            self.finish(at, now, anchor, judge);
        }
    }

    /// Whether there are more traces, or more slots of them, than there may be, without so many.
    fn is_over_limit(&self, traces: usize, slots: usize) -> bool {
        self.live.len().saturating_sub(traces) > self.limits.traces
            || self.slots.saturating_sub(slots) > self.limits.slots
    }

    /// Ends traces that wait for open spans alone, while there are too many: that their root has ended makes them the first to go.
    /// Of those that ended in this round other rings may hold more: they stay, and count for nothing. Returns how many these are,
    /// and their slots.
    fn end_waiting(&mut self, now: Instant, anchor: &Anchor, judge: Judging<'_>) -> (usize, usize) {
        let ended = std::mem::take(&mut self.ended);
        let (mut fresh, mut fresh_slots) = (0, 0);
        for at in ended {
            let live = &self.traces[at as usize];
            let is_fresh = live
                .root_ended
                .is_some_and(|ended| ended.round + 1 == self.round);
            if is_fresh {
                fresh += 1;
                fresh_slots += live.slots.len();
            } else if live.root_ended.is_some() && self.is_over_limit(0, 0) {
                self.counts.traces_over_limit += 1;
                self.finish(at, now, anchor, judge);
                continue;
            }
            self.ended.push(at);
        }
        (fresh, fresh_slots)
    }

    /// Ends traces whose root will not come, and those that have to go.
    fn give_up(&mut self, now: Instant, anchor: &Anchor, judge: Judging<'_>) {
        let (fresh, fresh_slots) = self.end_waiting(now, anchor, judge);
        let mut idle: Vec<(Instant, u32)> = self
            .live
            .values()
            .copied()
            .filter_map(|at| {
                let live = &self.traces[at as usize];
                live.root_ended.is_none().then_some((live.last_seen, at))
            })
            .collect();
        idle.sort_unstable();
        for (last_seen, at) in idle {
            let live = &self.traces[at as usize];
            let waits_in_vain = live.touched || live.root.is_none();
            let is_idle = now.saturating_duration_since(last_seen) >= GIVEN_UP;
            let too_many = self.is_over_limit(fresh, fresh_slots);
            if waits_in_vain && is_idle {
                self.counts.traces_given_up += 1;
            } else if too_many {
                self.counts.traces_over_limit += 1;
            } else if !is_idle {
                break;
            } else {
                continue;
            }
            self.finish(at, now, anchor, judge);
        }
    }

    fn finish(&mut self, at: u32, now: Instant, anchor: &Anchor, judge: Judging<'_>) {
        let live = &self.traces[at as usize];
        let (id, spans) = (live.id, u64::from(live.spans()));
        // A trace that began here and has its root is the first of its id, unless a part of it was complete before that.
        let past = if live.is_begun_here() && !self.past.may_lack_root() {
            None
        } else {
            self.past.of(id)
        };
        let is_late = live.root.is_none() && past.is_some();
        let outline = self.draft.of(live, anchor);
        let mut kept = None;
        if let Some(outline) = &outline {
            let collected = Collected {
                live,
                missing: outline.missing,
                late_for: past.flatten(),
                anchor,
            };
            kept = judge(outline, &collected);
        }
        match (kept, is_late) {
            (Some(_), _) => self.counts.spans_kept += spans,
            (None, true) => self.counts.spans_late += spans,
            (None, false) => self.counts.spans_discarded += spans,
        }
        match outline {
            Some(_) if !is_late => {
                self.counts.traces += 1;
                // What is open may be the root of this process, under which another process called back.
                let is_whole = live.root_ended.is_some() && !live.is_open() && !live.touched;
                match is_whole {
                    // Nothing can be late of it.
                    true if live.is_confined => {}
                    true => self.past.remember(id, kept, now),
                    false => self.past.remember_without_root(id, kept, now),
                }
            }
            Some(_) => {}
            None => self.counts.strays += 1,
        }
        self.release(at);
    }

    fn release(&mut self, at: u32) {
        let live = &mut self.traces[at as usize];
        self.slots -= live.slots.len();
        self.live.remove(&live.id);
        // A large trace leaves no large memory behind.
        if live.slots.capacity() > 1_024 {
            live.slots = Vec::new();
            live.ends = Vec::new();
        }
        live.slots.clear();
        live.ends.clear();
        live.root_ended = None;
        self.free.push(at);
        self.last.1 = NOWHERE;
    }
}
