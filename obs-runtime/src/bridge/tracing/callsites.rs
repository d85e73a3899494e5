//! All places that spans and events have come from. One that is known is found without a lock, whoever else looks.

use std::ptr;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use tracing::Metadata;

use super::callsite::Callsite;

/// How many places are told apart. Spans and events of further ones are recorded under the name `_overflow`: what is known of a
/// place is never freed, and a program can make places while it runs.
pub const MOST_CALLSITES: usize = 10_000;

/// Slots of the first table; each further one has four times as many. The last one alone has room for all.
const FIRST: usize = 256;
const TABLES: usize = 4;

/// How many slots are looked at in a table before the next one is asked.
const WINDOW: usize = 8;

type Slot = OnceLock<&'static Callsite>;

/// Open tables, each made when the one before has no room where a place belongs. Nothing is ever taken out, so whoever comes to
/// a free slot knows that the place is in no later one.
struct Callsites {
    tables: [OnceLock<Box<[Slot]>>; TABLES],
    /// How many places there are. Whoever holds it may fill slots.
    known: Mutex<usize>,
}

static CALLSITES: Callsites = Callsites {
    tables: [const { OnceLock::new() }; TABLES],
    known: Mutex::new(0),
};

static OVERFLOW_OF_SPANS: LazyLock<Callsite> = LazyLock::new(|| Callsite::overflow(false));
static OVERFLOW_OF_EVENTS: LazyLock<Callsite> = LazyLock::new(|| Callsite::overflow(true));

/// The place that a span or an event comes from.
#[inline]
pub(super) fn of(metadata: &'static Metadata<'static>) -> &'static Callsite {
    match CALLSITES.find(metadata) {
        Ok(known) => known,
        Err(_) => CALLSITES.add(metadata, MOST_CALLSITES),
    }
}

impl Callsites {
    /// Finds a place, or the slot where it belongs; `None` where that is in a table that is not there yet.
    #[inline]
    fn find(
        &self,
        metadata: &'static Metadata<'static>,
    ) -> Result<&'static Callsite, Option<&Slot>> {
        let hash = hash(metadata);
        for (nth, table) in self.tables.iter().enumerate() {
            let Some(slots) = table.get() else {
                return Err(None);
            };
            let window = if nth + 1 == TABLES {
                slots.len()
            } else {
                WINDOW
            };
            for step in 0..window {
                let slot = &slots[(hash + step) & (slots.len() - 1)];
                match slot.get() {
                    Some(known) if known.is_of(metadata) => return Ok(known),
                    Some(_) => {}
                    None => return Err(Some(slot)),
                }
            }
        }
        Err(None)
    }

    #[cold]
    #[inline(never)]
    fn add(&self, metadata: &'static Metadata<'static>, most: usize) -> &'static Callsite {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match self.find(metadata) {
                Ok(known) => return known,
                Err(_) if *known >= most => return overflow(metadata),
                Err(Some(slot)) => {
                    *known += 1;
                    return slot.get_or_init(|| Box::leak(Box::new(Callsite::new(metadata))));
                }
                Err(None) if !self.begin_table() => return overflow(metadata),
                Err(None) => {}
            }
        }
    }

    /// Makes the next table; returns whether there was one to make.
    fn begin_table(&self) -> bool {
        let sizes = (0..TABLES).map(|nth| FIRST << (2 * nth));
        let mut missing = self.tables.iter().zip(sizes);
        let Some((table, size)) = missing.find(|(table, _)| table.get().is_none()) else {
            return false;
        };
        table.get_or_init(|| (0..size).map(|_| Slot::new()).collect());
        true
    }
}

fn overflow(metadata: &Metadata<'_>) -> &'static Callsite {
    if metadata.is_event() {
        &OVERFLOW_OF_EVENTS
    } else {
        &OVERFLOW_OF_SPANS
    }
}

/// Where to look first: the middle bits of a product are mixed.
#[inline]
fn hash(metadata: &'static Metadata<'static>) -> usize {
    let address = ptr::from_ref(metadata).addr() as u64;
    (address.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::callsite::{self, Identifier};
    use tracing::field::FieldSet;
    use tracing::metadata::Kind;
    use tracing::subscriber::Interest;
    use tracing::{Level, Metadata};

    struct Place;

    impl callsite::Callsite for Place {
        fn set_interest(&self, _: Interest) {}

        fn metadata(&self) -> &Metadata<'_> {
            unreachable!("nobody asks this one")
        }
    }

    fn places(count: usize) -> Vec<&'static Metadata<'static>> {
        static PLACE: Place = Place;
        let places = (0..count).map(|n| {
            let fields = FieldSet::new(&[], Identifier(&PLACE));
            let name: &'static str = format!("place {n}").leak();
            let kind = if n % 2 == 0 { Kind::SPAN } else { Kind::EVENT };
            let of = Metadata::new(name, "target", Level::INFO, None, None, None, fields, kind);
            &*Box::leak(Box::new(of))
        });
        places.collect()
    }

    fn empty() -> Callsites {
        Callsites {
            tables: [const { OnceLock::new() }; TABLES],
            known: Mutex::new(0),
        }
    }

    #[test]
    fn a_place_is_found_again_while_the_tables_grow() {
        let (callsites, places) = (empty(), places(10_000));
        for (n, place) in places.iter().enumerate() {
            let added = callsites.add(place, 10_000);
            assert!(added.is_of(place));
            for known in [0, n / 2, n] {
                let found = callsites.find(places[known]);
                assert!(found.is_ok_and(|found| found.is_of(places[known])));
            }
        }
        assert_eq!(*callsites.known.lock().expect("nobody panicked"), 10_000);
    }

    #[test]
    fn places_beyond_the_limit_share_one_of_their_kind() {
        let (callsites, places) = (empty(), places(14));
        for place in &places[..10] {
            callsites.add(place, 10);
        }
        for place in &places[10..] {
            let added = callsites.add(place, 10);
            assert_eq!(added.site().description().name, "_overflow");
            assert_eq!(added.site().description().is_event, place.is_event());
        }
        assert!(callsites.add(places[9], 10).is_of(places[9]));
    }

    #[test]
    fn threads_that_add_the_same_places_agree() {
        let (callsites, places) = (empty(), places(2_000));
        let add = || -> Vec<*const Callsite> {
            let added = places.iter().map(|place| callsites.add(place, 2_000));
            added.map(ptr::from_ref).collect::<Vec<_>>()
        };
        let addresses = |all: Vec<*const Callsite>| -> Vec<usize> {
            all.into_iter().map(|place| place.addr()).collect()
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| addresses(add()))).collect();
            let mut all = threads
                .into_iter()
                .map(|thread| thread.join().expect("it ends"));
            let first = all.next().expect("there are four");
            assert!(all.all(|other| other == first));
        });
    }
}
