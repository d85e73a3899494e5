//! A callsite: the static that one metric macro leaves in the binary, with its definition and its place in every slab.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::catalogue::{self, Definition, GAUGE_SET};

/// The slot of a metric that has no cells yet: beyond the length of any slab, with room for any offset above it.
const NONE: u32 = u32::MAX - MOST_CELLS;

/// More cells than any one metric can have: 1,024 series of a histogram with 1,000 bounds.
const MOST_CELLS: u32 = 1 << 24;

/// Every callsite that is linked into the binary, by the linker's doing.
#[linkme::distributed_slice]
pub static CALLSITES: [&'static Callsite];

/// What a metric macro makes a static of.
#[derive(Debug)]
pub struct Callsite {
    definition: Definition,
    /// Index of the metric's first cell, or `NONE`. Written under the catalogue's lock, read by every record. Relaxed:
    /// it is a number, and a slab that is long enough for it is good whatever was registered when.
    slot: AtomicU32,
    /// The same for `set`: `NONE` until a gauge is set. From then on `slot` is `NONE` for it, which sends `inc` and
    /// `dec` to the cold path and from there to the cell that `set` writes.
    set_slot: AtomicU32,
    /// The first cell, whatever `slot` says. Written and read under the catalogue's lock.
    first: AtomicU32,
}

impl Callsite {
    /// A callsite that is not registered yet.
    pub const fn new(definition: Definition) -> Callsite {
        Callsite {
            definition,
            slot: AtomicU32::new(NONE),
            set_slot: AtomicU32::new(NONE),
            first: AtomicU32::new(NONE),
        }
    }

    /// What the macro said.
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Index of the cell at an offset; beyond every slab while there are none.
    #[inline(always)]
    pub(crate) fn cell(&self, offset: u32) -> u32 {
        self.slot.load(Relaxed).wrapping_add(offset)
    }

    /// The same for the cells of `set`.
    #[inline(always)]
    pub(crate) fn shared_cell(&self, offset: u32) -> u32 {
        self.set_slot.load(Relaxed).wrapping_add(offset)
    }

    /// Registers the metric if it is not yet, and returns its first cell.
    pub(crate) fn register(&'static self) -> u32 {
        catalogue::register(self)
    }

    /// Registers the metric as a gauge that is set, and returns the cell that `set` writes.
    pub(crate) fn register_set(&'static self) -> u32 {
        let first = catalogue::register(self);
        if !self.is_set() {
            catalogue::turn_to_set(self);
        }
        first + GAUGE_SET
    }

    /// Whether the gauge has ever been set, so that `inc` and `dec` go where `set` goes.
    pub(crate) fn is_set(&self) -> bool {
        self.set_slot.load(Relaxed) != NONE
    }

    pub(crate) fn first(&self) -> Option<u32> {
        let first = self.first.load(Relaxed);
        (first != NONE).then_some(first)
    }

    /// Gives the metric its cells. Called under the catalogue's lock.
    pub(crate) fn place_at(&self, first: u32) {
        self.first.store(first, Relaxed);
        self.slot.store(first, Relaxed);
    }

    /// Sends `inc` and `dec` to the cell of `set`. Called under the catalogue's lock.
    pub(crate) fn turn_to_set(&self, first: u32) {
        self.slot.store(NONE, Relaxed);
        self.set_slot.store(first, Relaxed);
    }
}
