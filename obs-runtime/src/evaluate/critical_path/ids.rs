//! Which span an id is: an open-addressing table that is used again and never larger than the trace at hand asks for.

use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;

/// Odd, with its ones spread evenly: the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// No span.
pub(super) const NONE: u32 = u32::MAX;

/// A free slot: no span is at the place that it says.
const FREE: u32 = u32::MAX;

/// Which span an id is.
pub(super) struct Ids {
    /// Each with the place of a span in its lower bits and, above, those of the hash that tell most ids of one slot apart
    /// without a look at the span. Of the slots only the first are in use.
    slots: Vec<u32>,
    /// The number of slots in use less 1; they are a power of two.
    mask: usize,
    /// The bits of places; no span is at the place that is all of them.
    places: u32,
    /// Differs from table to table, so that nobody can choose ids that collide.
    seed: u64,
}

/// What the slots say of an id.
enum Found {
    /// It is that of the span at this place, as this slot says.
    Span(u32, usize),
    /// It is nobody's; this slot is free for it, with these bits above the place.
    Free(usize, u32),
}

impl Ids {
    pub(super) fn new() -> Ids {
        Ids {
            slots: Vec::new(),
            mask: 0,
            places: 0,
            seed: RandomState::new().hash_one(0_u64),
        }
    }

    /// Forgets everything, and makes room: two slots for each span.
    pub(super) fn clear(&mut self, spans: usize) {
        let slots = (spans * 2).next_power_of_two();
        if self.slots.len() < slots {
            self.slots.resize(slots, FREE);
        }
        self.slots[..slots].fill(FREE);
        self.mask = slots - 1;
        self.places = ((spans + 1).next_power_of_two() - 1) as u32;
    }

    /// Lets an id be that of the span at a place, unless it is another's: then says whose. `id_of` says the id of a span.
    #[inline]
    pub(super) fn insert(
        &mut self,
        id: u64,
        place: u32,
        id_of: impl Fn(u32) -> u64,
    ) -> Option<u32> {
        match self.find(id, id_of) {
            Found::Span(other, _) => Some(other),
            Found::Free(slot, tag) => {
                self.slots[slot] = tag | place;
                None
            }
        }
    }

    /// Lets an id that is a span's be that of the span at another place.
    pub(super) fn replace(&mut self, id: u64, place: u32, id_of: impl Fn(u32) -> u64) {
        if let Found::Span(_, slot) = self.find(id, id_of) {
            self.slots[slot] = self.slots[slot] & !self.places | place;
        }
    }

    /// The place of the span of this id, or `NONE`.
    #[inline]
    pub(super) fn get(&self, id: u64, id_of: impl Fn(u32) -> u64) -> u32 {
        match self.find(id, id_of) {
            Found::Span(place, _) => place,
            Found::Free(..) => NONE,
        }
    }

    /// Has the slots of some ids brought near all at once. Where a table is larger than the caches, each would be waited for alone.
    pub(super) fn fetch(&self, ids: impl Iterator<Item = u64>) {
        black_box(ids.fold(0, |sum, id| sum ^ self.first(id)));
    }

    /// The place in the slot where the search for an id starts; it may be another's, or none.
    pub(super) fn first(&self, id: u64) -> u32 {
        self.slots[self.start(id).0] & self.places
    }

    /// The slot where the search for an id starts, and what it has above the place.
    #[inline]
    fn start(&self, id: u64) -> (usize, u32) {
        let product = u128::from(id ^ self.seed) * u128::from(SPREAD);
        let hash = (product >> 64) as u64 ^ product as u64;
        (
            hash as usize & self.mask,
            (hash >> 32) as u32 & !self.places,
        )
    }

    #[inline]
    fn find(&self, id: u64, id_of: impl Fn(u32) -> u64) -> Found {
        let (mut at, tag) = self.start(id);
        // It ends: at most every second slot is taken.
        loop {
            let slot = self.slots[at];
            if slot == FREE {
                return Found::Free(at, tag);
            }
            let place = slot & self.places;
            if slot & !self.places == tag && id_of(place) == id {
                return Found::Span(place, at);
            }
            at = (at + 1) & self.mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_however_many_there_were_before() {
        let mut ids = Ids::new();
        for spans in [0, 1, 2, 3, 1_000, 7] {
            let all: Vec<u64> = (0..spans).map(|place| place << 20).collect();
            let id_of = |place: u32| all[place as usize];
            ids.clear(all.len());
            for (place, id) in all.iter().enumerate() {
                assert_eq!(ids.insert(*id, place as u32, id_of), None);
            }
            for (place, id) in all.iter().enumerate() {
                assert_eq!(ids.get(*id, id_of), place as u32);
                assert_eq!(ids.insert(*id, 0, id_of), Some(place as u32));
            }
            assert_eq!(ids.get(5, id_of), NONE);
        }
    }

    #[test]
    fn an_id_can_become_that_of_another_span() {
        let mut ids = Ids::new();
        ids.clear(2);
        let id_of = |_: u32| 7;
        assert_eq!(ids.insert(7, 0, id_of), None);
        ids.replace(7, 1, id_of);
        assert_eq!(ids.get(7, id_of), 1);
    }
}
