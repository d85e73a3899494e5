//! A ring: what one thread records of spans, on its way to the collector.
//!
//! One thread writes at a time and one reads. A *group* of slots is written first and then published by one `Release` store
//! of the tail, so that the reader never sees half of it; the reader says what it has taken by one `Release` store of the
//! head, so that the writer never overwrites what is being read. Nobody waits: where there is no room, the newest group is
//! dropped and counted, and its trace is remembered until there is room for a record of the gap.

/// What was dropped, until there is room to say so.
mod gap;
/// Whether something may have been dropped of which no record has told yet.
mod look;

use gap::Gap;
#[cfg(not(loom))]
pub(crate) use gap::TOUCHED;

#[cfg(loom)]
pub(crate) use look::Look;
pub(crate) use look::Told;

use super::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

/// Words of a slot: one cache line. Models have fewer, since each is one more thing to interleave.
pub(crate) const WORDS: usize = if cfg!(loom) { 2 } else { 8 };

/// The most slots that a group may have.
pub(crate) const MOST_SLOTS: usize = 8;

/// How many kinds of groups are counted apart.
pub(crate) const KINDS: usize = 16;

/// The kind of the group that tells of a gap.
pub(crate) const GAP: u64 = 7;

/// How many slots ahead of the tail lines are asked for. *More means* that lines may be gone again before they are written, *less means*
/// that they may not have come.
const AHEAD: u64 = 8;
/// The same of what is read: the reader spends less time on each.
const AHEAD_OF_READER: u64 = 24;

/// A slot as plain numbers. The first word of a group holds its kind in the lowest byte and its number of slots in the next.
pub(crate) type Words = [u64; WORDS];

/// One part in this many of a ring is kept for what matters most: errors, roots, gaps.
const RESERVE: u64 = 16;

/// A slot. Written by the thread that has the ring, read by the collector; relaxed, since head and tail order them.
#[repr(C, align(64))]
struct Slot([AtomicU64; WORDS]);

impl Slot {
    /// Gives the slot to `look`. By the collector alone, of a slot that has been published and not taken: nobody writes to it.
    #[cfg(not(loom))]
    #[inline(always)]
    fn look(&self, look: &mut impl FnMut(&Words)) {
        // SAFETY: an atomic number is laid out as the number is, and none of these is written to before `head` says that it has been
        // taken. As a whole, since what is read word by word is copied again before it is used.
        #[expect(unsafe_code, reason = "plain reads of what nobody writes")]
        let words = unsafe { &*std::ptr::from_ref(&self.0).cast::<Words>() };
        look(words);
    }

    /// The same, as a model can follow it.
    #[cfg(loom)]
    fn look(&self, look: &mut impl FnMut(&Words)) {
        look(&std::array::from_fn(|word| self.0[word].load(Relaxed)));
    }
}

/// A ring of slots. It is never freed: when its thread ends, the next thread goes on with it.
pub(crate) struct Ring {
    slots: &'static [Slot],
    writer: Writer,
    reader: Reader,
}

/// What the writing thread changes, on cache lines of its own.
#[repr(align(128))]
struct Writer {
    /// Slots published since the start. Written with `Release`, read by the collector with `Acquire`.
    tail: AtomicU64,
    /// The head as the writer last saw it. The writer's alone.
    seen_head: AtomicU64,
    /// From how many slots in use on the writer looks again before it writes: half of the ring, or none while a gap is to be
    /// told. The writer's alone.
    soft_limit: AtomicU64,
    /// Groups that were to be recorded, by kind, dropped ones included. Written by the writer, read by anyone; relaxed, as
    /// all counts.
    emitted: [AtomicU64; KINDS],
    /// Those of them that were dropped. Written with `Release`, read with `Acquire`: what is counted here is counted above.
    dropped: [AtomicU64; KINDS],
    gap: Gap,
}

/// What the collector changes.
#[repr(align(128))]
struct Reader {
    /// Slots taken since the start. Written with `Release`, read by the writer with `Acquire`.
    head: AtomicU64,
}

/// What became of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is in the ring.
    Recorded,
    /// It is, and the ring is half full: the collector should come.
    RecordedLate,
    /// There was no room for it.
    Dropped,
}

impl Ring {
    /// A ring of that many slots: a power of two, and twice the longest group or more.
    pub(crate) fn new(slots: usize) -> Ring {
        let slot = || Slot(std::array::from_fn(|_| AtomicU64::new(0)));
        let slots: Vec<Slot> = (0..slots).map(|_| slot()).collect();
        Ring {
            writer: Writer {
                tail: AtomicU64::new(0),
                seen_head: AtomicU64::new(0),
                soft_limit: AtomicU64::new(slots.len() as u64 / 2),
                emitted: std::array::from_fn(|_| AtomicU64::new(0)),
                dropped: std::array::from_fn(|_| AtomicU64::new(0)),
                gap: Gap::new(),
            },
            reader: Reader {
                head: AtomicU64::new(0),
            },
            slots: slots.leak(),
        }
    }

    /// How many slots it has.
    pub(crate) fn capacity(&self) -> u64 {
        self.slots.len() as u64
    }

    /// How many of them wait for the collector.
    pub(crate) fn in_use(&self) -> u64 {
        let head = self.reader.head.load(Relaxed);
        self.writer.tail.load(Relaxed).saturating_sub(head)
    }

    /// Records a group if there is plenty of room. By the thread that has the ring.
    #[inline(always)]
    pub(crate) fn try_record(&self, group: &[Words]) -> bool {
        let tail = self.tail_with_room();
        if let Some(tail) = tail {
            add(&self.writer.emitted[kind_of(group)], 1);
            self.publish(tail, group);
        }
        tail.is_some()
    }

    /// The same for a group of one slot, word by word.
    #[inline(always)]
    pub(crate) fn try_record_slot(&self, kind: u64, word: impl Fn(usize) -> u64) -> bool {
        let tail = self.tail_with_room();
        if let Some(tail) = tail {
            add(&self.writer.emitted[kind as usize % KINDS], 1);
            self.write(tail, word);
            self.publish_to(tail + 1);
        }
        tail.is_some()
    }

    /// Where the next slot goes if there is plenty of room.
    #[inline(always)]
    fn tail_with_room(&self) -> Option<u64> {
        let writer = &self.writer;
        let tail = writer.tail.load(Relaxed);
        let in_use = tail.wrapping_sub(writer.seen_head.load(Relaxed));
        (in_use < writer.soft_limit.load(Relaxed)).then_some(tail)
    }

    /// Records a group if there is any room. By the thread that has the ring. Where `time` is 0, nobody knows it.
    pub(crate) fn record(&self, group: &[Words], matters: bool, time: u64) -> Fate {
        let writer = &self.writer;
        add(&writer.emitted[kind_of(group)], 1);
        let tail = self.tell_gap(writer.tail.load(Relaxed), group.len());
        let in_use = tail - self.look_at_head();
        let reserve = if matters {
            0
        } else {
            self.capacity() / RESERVE
        };
        if in_use + group.len() as u64 + reserve > self.capacity() {
            writer.gap.note(group, time);
            let dropped = &writer.dropped[kind_of(group)];
            // Release: pairs with the loads in `counts` and `drops`; whoever counts the drop counts the group, and sees the gap.
            dropped.store(dropped.load(Relaxed) + 1, Release);
            writer.soft_limit.store(0, Relaxed);
            return Fate::Dropped;
        }
        self.publish(tail, group);
        if in_use < self.capacity() / 2 {
            Fate::Recorded
        } else {
            Fate::RecordedLate
        }
    }

    /// Records what was dropped, as soon as there is room for that and for what comes after it. Returns the tail.
    fn tell_gap(&self, tail: u64, before: usize) -> u64 {
        let writer = &self.writer;
        if writer.gap.is_open() {
            let (groups, len) = writer.gap.group();
            let group = &groups[..len];
            let in_use = tail - self.look_at_head();
            if in_use + (len + before) as u64 > self.capacity() {
                return tail;
            }
            add(&writer.emitted[GAP as usize], 1);
            self.publish(tail, group);
            writer.gap.close();
            writer.soft_limit.store(self.capacity() / 2, Relaxed);
            return tail + len as u64;
        }
        tail
    }

    /// Where the collector is, which has then read all slots before that.
    fn look_at_head(&self) -> u64 {
        // Acquire: pairs with the store in `take`; what is written from here on is not what is still being read.
        let head = self.reader.head.load(Acquire);
        self.writer.seen_head.store(head, Relaxed);
        head
    }

    #[inline(always)]
    fn publish(&self, tail: u64, group: &[Words]) {
        for (position, words) in (tail..).zip(group) {
            self.write(position, |word| words[word]);
        }
        self.publish_to(tail + group.len() as u64);
    }

    #[inline(always)]
    fn write(&self, position: u64, word: impl Fn(usize) -> u64) {
        for (at, written) in self.slot(position).0.iter().enumerate() {
            written.store(word(at), Relaxed);
        }
    }

    #[inline(always)]
    fn publish_to(&self, tail: u64) {
        self.fetch(tail + AHEAD, true);
        // Release: pairs with the load in `take`; whoever sees the tail sees the slots before it.
        self.writer.tail.store(tail, Release);
    }

    /// Asks for a slot that is written or read soon: another processor has read or written it last, and without that each record waits
    /// for a line to come from there.
    #[inline(always)]
    fn fetch(&self, position: u64, to_write: bool) {
        #[cfg(all(target_arch = "x86_64", not(loom)))]
        {
            let slot = self.slot(position) as *const Slot;
            #[expect(unsafe_code, reason = "a hint to the processor")]
            // SAFETY: the instructions are hints, which change nothing that a program can see, whatever the address; a processor
            // that does not know one does nothing.
            unsafe {
                if to_write {
                    std::arch::asm!("prefetchw [{}]", in(reg) slot, options(nostack, preserves_flags, readonly));
                } else {
                    std::arch::asm!("prefetcht0 [{}]", in(reg) slot, options(nostack, preserves_flags, readonly));
                }
            }
        }
        #[cfg(not(all(target_arch = "x86_64", not(loom))))]
        let _ = (position, to_write);
    }

    #[inline(always)]
    fn slot(&self, position: u64) -> &Slot {
        // Masked: the number of slots is a power of two.
        &self.slots[position as usize & (self.slots.len() - 1)]
    }

    /// How many groups were dropped since the start. Whoever has seen a slot counts all that were dropped before it was written.
    fn drops(&self) -> u64 {
        let dropped = self.writer.dropped.iter();
        // Acquire: pairs with the store in `record`.
        dropped.map(|dropped| dropped.load(Acquire)).sum()
    }

    /// Takes up to `most` slots, and gives them to `look` in order. By the collector alone. Returns how many.
    pub(crate) fn take(&self, most: u64, mut look: impl FnMut(&Words)) -> u64 {
        let head = self.reader.head.load(Relaxed);
        // Acquire: pairs with the store in `publish`.
        let tail = self.writer.tail.load(Acquire);
        let taken = (tail - head).min(most);
        for position in head..head + taken {
            self.fetch(position + AHEAD_OF_READER, false);
            self.slot(position).look(&mut look);
        }
        // Release: pairs with the load in `look_at_head`; the slots have been read.
        self.reader.head.store(head + taken, Release);
        taken
    }

    /// Groups that were to be recorded, by kind, and how many of them were dropped.
    pub(crate) fn counts(&self) -> [[u64; KINDS]; 2] {
        // Acquire: pairs with the store in `record`. The dropped ones first: no group is counted as dropped that is not yet counted
        // as emitted.
        let dropped = std::array::from_fn(|kind| self.writer.dropped[kind].load(Acquire));
        let emitted = std::array::from_fn(|kind| self.writer.emitted[kind].load(Relaxed));
        [emitted, dropped]
    }

    /// The traces that something was dropped of and that no record tells of yet. More of them than fit are `None`.
    pub(crate) fn touched(&self) -> Option<Vec<[u64; 2]>> {
        self.writer.gap.touched()
    }
}

/// How many slots the group has that begins with this one.
#[inline]
pub(crate) fn len_of(first: &Words) -> usize {
    ((first[0] >> 8 & 0xff) as usize).clamp(1, MOST_SLOTS)
}

#[inline(always)]
fn kind_of(group: &[Words]) -> usize {
    group[0][0] as usize % KINDS
}

/// Adds as the only writer.
#[inline(always)]
fn add(count: &AtomicU64, n: u64) {
    count.store(count.load(Relaxed) + n, Relaxed);
}
