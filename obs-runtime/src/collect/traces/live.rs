//! The records of one trace, as they come.

use std::collections::HashSet;
use std::time::Instant;

use obs::collector::spans::{Reading, Record, Status, What};

/// The words of one slot.
pub(super) type Words = [u64; 8];

/// The records of one trace that is not complete.
pub(super) struct Live {
    pub(super) id: u128,
    /// Slots of records, one record behind the other. The thread that wrote a span's record stands in the upper half of its
    /// last word, which the record leaves free.
    pub(super) slots: Vec<Words>,
    /// Where among them the ends of spans begin.
    pub(super) ends: Vec<u32>,
    /// Whether a span ended in a fault, or was cancelled.
    pub(super) ended_badly: bool,
    /// Whether it was said of one elsewhere that it failed.
    pub(super) failed: bool,
    /// How many spans said that they started and have not ended.
    open: i64,
    /// The number of the root's span, once it is known.
    pub(super) root: Option<u64>,
    /// Whether that is part of a trace of another process.
    is_remote: bool,
    /// Whether nothing of it left the thread of its root, which has ended.
    pub(super) is_confined: bool,
    /// Of 2^32 traces like it, so many are recorded.
    pub(super) share: u32,
    pub(super) root_ended: Option<Ended>,
    pub(super) last_seen: Instant,
    pub(super) forced: bool,
    /// Whether records of it were dropped.
    pub(super) touched: bool,
    /// Where on its time that was, as far as it is known.
    pub(super) gaps: Vec<Gap>,
    /// Spans that were left out since there were too many.
    pub(super) over_limit: u64,
    /// Records of what was said of spans that were left out for the same reason.
    pub(super) said_over_limit: u64,
    /// Once there are too many: those whose start is kept and whose end has not come. The end of one that ends from then on may be
    /// left out, and it is not open for that.
    awaited: Option<HashSet<u64>>,
}

/// When the root of a trace ended.
#[derive(Clone, Copy)]
pub(super) struct Ended {
    pub(super) at: Instant,
    /// In which round of looking at all rings.
    pub(super) round: u64,
}

/// A time in which a thread dropped records.
#[derive(Clone, Copy)]
pub(super) struct Gap {
    pub(super) first: Reading,
    pub(super) last: Reading,
    /// How many it dropped, of this trace and of others.
    pub(super) records: u64,
    pub(super) thread: u32,
}

/// As many gaps of a trace are shown.
const MOST_GAPS: usize = 16;

/// So many slots a trace may have for each span that it may have. More: what is said at length is kept. Less: fewer long traces take
/// all the memory that there is for traces that are not complete.
const SLOTS_OF_SPAN: usize = 8;

/// Where the thread stands in the last word of a span's record.
const THREAD_SHIFT: u32 = 32;

impl Live {
    pub(super) fn new(id: u128, now: Instant) -> Live {
        Live {
            id,
            slots: Vec::new(),
            ends: Vec::new(),
            ended_badly: false,
            failed: false,
            open: 0,
            root: None,
            is_remote: false,
            is_confined: false,
            share: u32::MAX,
            root_ended: None,
            last_seen: now,
            forced: false,
            touched: false,
            gaps: Vec::new(),
            over_limit: 0,
            said_over_limit: 0,
            awaited: None,
        }
    }

    /// Begins another trace in the same memory.
    pub(super) fn begin(&mut self, id: u128, now: Instant) {
        let Live {
            id: of,
            slots,
            ends,
            ended_badly,
            failed,
            open,
            root,
            is_remote,
            is_confined,
            share,
            root_ended,
            last_seen,
            forced,
            touched,
            gaps,
            over_limit,
            said_over_limit,
            awaited,
        } = self;
        (*of, *last_seen) = (id, now);
        slots.clear();
        ends.clear();
        gaps.clear();
        (*root, *root_ended, *awaited) = (None, None, None);
        (*open, *over_limit, *said_over_limit, *share) = (0, 0, 0, u32::MAX);
        for flag in [ended_badly, failed, is_remote, is_confined, forced, touched] {
            *flag = false;
        }
    }

    /// Takes in a record; returns whether the root has ended with it.
    #[inline(always)]
    pub(super) fn take(&mut self, record: Record<'_>, now: Instant, round: u64, most: u32) -> bool {
        self.last_seen = now;
        self.forced |= record.is_forced();
        let mut ended = false;
        match record.what() {
            What::End => {
                if record.was_started() {
                    self.open -= 1;
                }
                if record.is_root() {
                    self.root = Some(record.span());
                    self.is_remote |= record.is_remote();
                    self.is_confined = record.is_confined();
                    self.root_ended = Some(Ended { at: now, round });
                    ended = true;
                }
                if self.spans() >= most && !self.is_kept_anyway(record) {
                    self.over_limit += 1;
                    self.await_no_more(record.span());
                    return ended;
                }
                self.ended_badly |= !matches!(record.status(), Status::Unset | Status::Ok);
                self.ends.push(self.slots.len() as u32);
            }
            What::Start => {
                self.open += 1;
                if record.is_root() {
                    self.root = Some(record.span());
                    self.share = record.share();
                    self.awaited.iter_mut().for_each(|awaited| {
                        awaited.insert(record.span());
                    });
                } else if self.is_full(most) {
                    // Of most of them nothing else will be kept.
                    return false;
                }
            }
            _ if self.is_full(most) => {
                self.said_over_limit += 1;
                return false;
            }
            What::Attributes => self.failed |= record.status() == Status::Error,
            _ => {}
        }
        self.keep(record);
        ended
    }

    /// How many spans there are.
    #[inline]
    pub(super) fn spans(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Whether there is no room for what is said of spans: one that lasts may say as much as many.
    fn is_full(&self, most: u32) -> bool {
        self.spans() >= most || self.slots.len() >= SLOTS_OF_SPAN * most as usize
    }

    /// Records of it were dropped, then.
    pub(super) fn touch(&mut self, gap: Option<Gap>) {
        self.touched = true;
        if let Some(gap) = gap.filter(|gap| gap.first.at != 0 && self.gaps.len() < MOST_GAPS) {
            self.gaps.push(gap);
        }
    }

    /// Beyond the limit, faults and what the root did itself are still kept.
    fn is_kept_anyway(&self, record: Record<'_>) -> bool {
        let of_root = Some(record.parent()) == self.root;
        record.is_root()
            || record.status().is_failure() && self.over_limit < 1_000
            || of_root && self.over_limit < 1_000
    }

    /// The end of a span is left out.
    #[cold]
    fn await_no_more(&mut self, span: u64) {
        let mut awaited = self.awaited.take().unwrap_or_else(|| self.started());
        awaited.remove(&span);
        self.awaited = Some(awaited);
    }

    /// Spans of which the start is kept, and not the end.
    fn started(&self) -> HashSet<u64> {
        let of = |what| self.records().filter(move |record| record.what() == what);
        let mut started: HashSet<u64> = of(What::Start).map(|record| record.span()).collect();
        for record in of(What::End) {
            started.remove(&record.span());
        }
        started
    }

    /// Whether the end of a span that started may still come: it does not where it was left out.
    pub(super) fn is_awaited(&self, span: u64) -> bool {
        let awaited = self.awaited.as_ref();
        awaited.is_none_or(|awaited| awaited.contains(&span))
    }

    #[inline]
    fn keep(&mut self, record: Record<'_>) {
        let (place, words) = (self.slots.len(), record.words());
        match words {
            [_] => self.slots.extend_from_slice(&words[..1]),
            words => self.slots.extend_from_slice(words),
        }
        if matches!(record.what(), What::End | What::Start) {
            // Not read from there, which would wait until it is written.
            self.slots[place][7] = words[0][7] | u64::from(record.thread()) << THREAD_SHIFT;
        }
    }

    /// Whether it has its root, and that is of this process.
    pub(super) fn is_begun_here(&self) -> bool {
        self.root_ended.is_some() && !self.is_remote
    }

    /// Whether spans are open that said that they started.
    pub(super) fn is_open(&self) -> bool {
        self.open > 0
    }

    /// Each record, with the thread that wrote it where that is known.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        Records { slots: &self.slots }
    }

    /// The record of a span that begins at that place among the slots.
    #[inline]
    pub(super) fn record_at(&self, place: u32) -> Option<Record<'_>> {
        let slots = self.slots.get(place as usize..)?;
        record(slots).map(|(record, _)| record)
    }
}

struct Records<'a> {
    slots: &'a [Words],
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[inline]
    fn next(&mut self) -> Option<Record<'a>> {
        let (record, rest) = record(self.slots)?;
        self.slots = rest;
        Some(record)
    }
}

/// The record that slots begin with, and the others.
#[inline]
fn record(slots: &[Words]) -> Option<(Record<'_>, &[Words])> {
    let first = slots.first()?;
    let len = ((first[0] >> 8 & 0xff) as usize).clamp(1, slots.len());
    let (record, rest) = slots.split_at(len);
    let record = Record::of(record, (first[7] >> THREAD_SHIFT) as u32)?;
    Some((record, rest))
}
