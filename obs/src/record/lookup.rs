//! What a thread remembers of series with dynamic labels, so that a text is looked up without a lock and without an
//! allocation: a table by hash, each hit compared to the byte.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use super::annex::is_joined;
use super::bound::Bound;
use crate::callsite::Callsite;

/// How many series a thread remembers at first.
const FEW: usize = 64;
/// And at most; more means more memory per thread, less means more locks where series are many.
const MANY: usize = 8_192;

thread_local! {
    static REMEMBERED: RefCell<Table> = const { RefCell::new(Table::EMPTY) };
}

/// One place per hash: what comes later takes it.
struct Table {
    hasher: Option<RandomState>,
    slots: Vec<Option<Slot>>,
    /// How many have lost their place since the table grew last.
    ousted: usize,
}

struct Slot {
    site: &'static Callsite,
    home: u64,
    text: Box<[u8]>,
    bound: Bound,
}

/// The series with these label values, if this thread remembers it.
#[inline(always)]
pub(super) fn find<const N: usize>(
    site: &'static Callsite,
    home: u64,
    values: [&str; N],
) -> Option<Bound> {
    let found = REMEMBERED.try_with(|table| {
        let table = table.try_borrow().ok()?;
        let place = table.place(site, home, &values)?;
        let slot = table.slots.get(place)?.as_ref()?;
        let it_is =
            std::ptr::eq(slot.site, site) && slot.home == home && is_joined(&slot.text, values);
        it_is.then_some(slot.bound)
    });
    // A thread whose thread-locals are gone remembers nothing.
    found.ok().flatten()
}

/// Remembers a series, and forgets the one that had its place.
pub(super) fn remember(
    site: &'static Callsite,
    home: u64,
    text: Box<[u8]>,
    values: &[&str],
    bound: Bound,
) {
    let slot = Slot {
        site,
        home,
        text,
        bound,
    };
    let _ = REMEMBERED.try_with(|table| {
        if let Ok(mut table) = table.try_borrow_mut() {
            table.remember(slot, values);
        }
    });
}

impl Table {
    const EMPTY: Table = Table {
        hasher: None,
        slots: Vec::new(),
        ousted: 0,
    };

    #[inline(always)]
    fn place(&self, site: &'static Callsite, home: u64, values: &[&str]) -> Option<usize> {
        let mut hasher = self.hasher.as_ref()?.build_hasher();
        for value in values {
            hasher.write(value.as_bytes());
        }
        hasher.write_usize(std::ptr::from_ref(site).addr());
        hasher.write_u64(home);
        // The number of slots is a power of two.
        Some(hasher.finish() as usize & (self.slots.len() - 1))
    }

    fn remember(&mut self, slot: Slot, values: &[&str]) {
        if self.slots.is_empty() {
            self.hasher = Some(RandomState::default());
            self.slots.resize_with(FEW, || None);
        } else if self.ousted >= self.slots.len() && self.slots.len() < MANY {
            let larger = self.slots.len() * 4;
            self.slots.clear();
            self.slots.resize_with(larger, || None);
            self.ousted = 0;
        }
        if let Some(place) = self.place(slot.site, slot.home, values) {
            let before = self.slots[place].replace(slot);
            self.ousted += usize::from(before.is_some());
        }
    }
}
