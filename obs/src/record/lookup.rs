//! What a thread remembers of series with dynamic labels, so that a text is looked up without a lock and without an
//! allocation: a table by hash, each hit compared to the byte.

use std::hash::{BuildHasher, Hasher};

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::annex::is_joined;
use super::bound::Bound;
use super::closed::Closed;
use super::lane::Lane;
use super::tally::Part;
use crate::callsite::Callsite;

/// How many slots a table has at first. Half of them are used at most.
const FEW: usize = 64;
/// How many slots it has at most; when half of them are used, all is forgotten. More means more memory per thread, less more
/// locks where series are many.
const MANY: usize = 16_384;
/// Of how many metrics in how many components a thread knows that there is no room; then it forgets them. More means more
/// memory per thread, less more locks where many are flooded.
const MANY_CLOSED: usize = 1_024;

/// What one thread remembers; part of its lease. A slot is free, or has a series whose hash points to it or to a used slot
/// before it. As good as a general table, and small enough to be inlined where series are looked up.
#[derive(Default)]
pub(crate) struct Remembered {
    hasher: RandomState,
    /// A power of two of them, or none.
    slots: Vec<Slot>,
    used: usize,
    closed: HashMap<Key, WithoutRoom, RandomState>,
    /// This thread's parts of what callsites count.
    overflows: Vec<Part>,
}

/// A metric that has no room for more series in a component.
struct WithoutRoom {
    closed: Arc<Closed>,
    /// Which of the thread's parts counts its look-ups.
    overflows: usize,
}

#[derive(Clone, Default)]
struct Slot {
    /// 0 in a free slot.
    hash: u64,
    key: Key,
    text: Box<[u8]>,
    bound: Option<Bound>,
}

/// Whose values are looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Key {
    /// Address of the callsite.
    site: usize,
    /// The component.
    home: u64,
}

impl Key {
    #[inline(always)]
    pub(super) fn of(site: &'static Callsite, home: u64) -> Key {
        Key {
            site: std::ptr::from_ref(site).addr(),
            home,
        }
    }
}

/// The series with these label values, if this thread remembers it.
#[inline(always)]
pub(super) fn find<'a, const N: usize>(
    lane: &'a Lane,
    key: Key,
    values: &[&str; N],
) -> Option<&'a Bound> {
    let remembered = lane.remembered()?;
    let hash = remembered.hash(key, values);
    let at = remembered.slot_of(hash, key, values)?;
    remembered.slots.get(at)?.bound.as_ref()
}

/// The same, where this lane still holds what is remembered; out of line.
pub(super) fn known<const N: usize>(lane: &Lane, key: Key, values: &[&str; N]) -> Option<Bound> {
    let bound = find(lane, key, values);
    bound.filter(|bound| bound.is_held_by(lane)).copied()
}

/// Counts a look-up of values that no series has or will get, if this thread knows that of them.
pub(super) fn overflows<const N: usize>(lane: &Lane, key: Key, values: &[&str; N]) -> bool {
    let Some(remembered) = lane.remembered() else {
        return false;
    };
    let known = remembered.closed.get(&key);
    let lacking = known.filter(|known| known.closed.lacks(values));
    let part = lacking.and_then(|known| remembered.overflows.get(known.overflows));
    part.map(Part::inc).is_some()
}

impl Remembered {
    /// Never 0.
    #[inline(always)]
    fn hash<const N: usize>(&self, key: Key, values: &[&str; N]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u64(key.site as u64 ^ key.home.rotate_left(32));
        for value in values {
            hasher.write(value.as_bytes());
        }
        hasher.finish() | 1 << 63
    }

    /// The slot that has the series, or the free one where it could be; `None` where there are no slots.
    #[inline(always)]
    fn slot_of<const N: usize>(&self, hash: u64, key: Key, values: &[&str; N]) -> Option<usize> {
        let last = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & last;
        loop {
            let slot = &self.slots[at];
            let is_it = slot.hash == hash && slot.key == key && is_joined(&slot.text, values);
            if is_it || slot.hash == 0 {
                return Some(at);
            }
            at = (at + 1) & last;
        }
    }

    /// Remembers a series.
    pub(super) fn remember<const N: usize>(
        &mut self,
        key: Key,
        values: &[&str; N],
        text: Box<[u8]>,
        bound: Bound,
    ) {
        if self.used * 2 >= self.slots.len() {
            self.make_room();
        }
        let hash = self.hash(key, values);
        let Some(at) = self.slot_of(hash, key, values) else {
            return;
        };
        self.used += usize::from(self.slots[at].hash == 0);
        self.slots[at] = Slot {
            hash,
            key,
            text,
            bound: Some(bound),
        };
    }

    /// Remembers all series of a metric that has no room for more.
    pub(super) fn remember_closed(
        &mut self,
        key: Key,
        site: &'static Callsite,
        closed: Arc<Closed>,
    ) {
        self.closed.retain(|_, known| !known.closed.is_outdated());
        if self.closed.len() >= MANY_CLOSED {
            self.closed.clear();
        }
        let tally = site.overflows();
        let known = self.overflows.iter().position(|part| part.is_of(tally));
        let overflows = known.unwrap_or_else(|| {
            self.overflows.push(tally.part());
            self.overflows.len() - 1
        });
        self.closed.insert(key, WithoutRoom { closed, overflows });
    }

    fn make_room(&mut self) {
        let slots = (self.slots.len() * 2).clamp(FEW, MANY);
        let before = std::mem::replace(&mut self.slots, vec![Slot::default(); slots]);
        if before.len() == slots {
            self.used = 0;
            return;
        }
        for slot in before.into_iter().filter(|slot| slot.hash != 0) {
            let free = (slot.hash as usize..).map(|at| at & (slots - 1));
            let mut free = free.filter(|&at| self.slots[at].hash == 0);
            if let Some(at) = free.next() {
                self.slots[at] = slot;
            }
        }
    }
}
