//! A callsite: the static that one metric macro leaves in the binary, with its definition and its place in every slab.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};

use crate::catalogue::{self, Definition};
use crate::record::slab::Position;
use crate::record::tally::Tally;

/// The place of a metric that has no cells yet: beyond the end of any slab, with room for any offset above it.
const NOWHERE: Position = Position(usize::MAX - Position::of(MOST_CELLS).0);
const NONE: u32 = u32::MAX - MOST_CELLS;

/// All ones: whatever it is put over is the epoch of no lane.
pub(crate) const OFF: u64 = u64::MAX;

/// More cells than any one metric can have: 1,024 series of a histogram with 1,000 bounds.
const MOST_CELLS: u32 = 1 << 24;

/// Every callsite that is linked into the binary, by the linker's doing.
#[linkme::distributed_slice]
pub static CALLSITES: [&'static Callsite];

/// What a metric macro makes a static of. What is read by every record comes first: near the static's address, it takes
/// shorter instructions.
#[derive(Debug)]
#[repr(C)]
pub struct Callsite {
    /// Position of the metric's first cell, or `NOWHERE`, as it is while the metric is off. Written under the catalogue's
    /// lock, read by every record.
    /// Relaxed: it is a number, and a slab that is long enough for it is good whatever was registered when.
    position: AtomicUsize,
    /// Index of the cell that `set` writes: `NONE` until a gauge is set, and while it is off. Once it is set, `position` is
    /// `NOWHERE` for it, which sends `inc` and `dec` to the cold path and from there to this cell.
    set_cell: AtomicU32,
    /// Index of the first cell, whatever `position` says. Written and read under the catalogue's lock.
    first: AtomicU32,
    /// How often a series was looked up that there was no room for. Written by every such look-up, read by merges.
    overflows: Tally,
    /// `OFF` while the metric is switched off, else 0. Written under the catalogue's lock, read by cold paths, by bound metrics and
    /// before clocks are read. Relaxed: what is recorded while it changes may count or not.
    off: AtomicU64,
    definition: Definition,
}

impl Callsite {
    /// A callsite that is not registered yet.
    pub const fn new(definition: Definition) -> Callsite {
        Callsite {
            position: AtomicUsize::new(NOWHERE.0),
            set_cell: AtomicU32::new(NONE),
            first: AtomicU32::new(NONE),
            overflows: Tally::new(),
            off: AtomicU64::new(0),
            definition,
        }
    }

    /// What the macro said.
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Position of the cell at an offset; beyond every slab while there are none.
    #[inline(always)]
    pub(crate) fn position(&self, offset: u32) -> Position {
        Position(self.position.load(Relaxed)).plus(offset)
    }

    /// Index of the cell of `set` at an offset, likewise.
    #[inline(always)]
    pub(crate) fn set_cell(&self, offset: u32) -> u32 {
        self.set_cell.load(Relaxed).wrapping_add(offset)
    }

    /// Registers the metric if it is not yet, and returns its first cell.
    pub(crate) fn register(&'static self) -> u32 {
        catalogue::register(self)
    }

    /// Registers the metric as a gauge that is set, and returns the cell that `set` writes; `None` if it is off.
    pub(crate) fn register_set(&'static self) -> Option<u32> {
        if !self.is_set() {
            catalogue::register(self);
            if self.is_off() {
                return None;
            }
            catalogue::turn_to_set(self);
        }
        let set_cell = self.set_cell.load(Relaxed);
        (set_cell != NONE).then_some(set_cell)
    }

    /// Whether nothing is recorded.
    #[inline(always)]
    pub(crate) fn is_off(&self) -> bool {
        self.off.load(Relaxed) != 0
    }

    /// `OFF` or 0.
    #[inline(always)]
    pub(crate) fn off(&self) -> u64 {
        self.off.load(Relaxed)
    }

    /// Whether the gauge has ever been set, so that `inc` and `dec` go where `set` goes.
    pub(crate) fn is_set(&self) -> bool {
        self.set_cell.load(Relaxed) != NONE
    }

    /// The look-ups of series that there is no room for.
    pub(crate) fn overflows(&self) -> &Tally {
        &self.overflows
    }

    pub(crate) fn first(&self) -> Option<u32> {
        let first = self.first.load(Relaxed);
        (first != NONE).then_some(first)
    }

    /// Gives the metric its cells, which fast paths find. Called under the catalogue's lock.
    pub(crate) fn place_at(&self, first: u32) {
        self.first.store(first, Relaxed);
        self.off.store(0, Relaxed);
        self.position.store(Position::of(first).0, Relaxed);
    }

    /// Sends every record to the cold paths, which find that there is nothing to do. Called under the catalogue's lock.
    pub(crate) fn turn_off(&self, first: u32) {
        self.first.store(first, Relaxed);
        self.off.store(OFF, Relaxed);
        self.position.store(NOWHERE.0, Relaxed);
        self.set_cell.store(NONE, Relaxed);
    }

    /// The same for a gauge that is set: `inc` and `dec` go to the cell of `set`. Called under the catalogue's lock.
    pub(crate) fn turn_to_set(&self, first: u32) {
        self.first.store(first, Relaxed);
        self.position.store(NOWHERE.0, Relaxed);
        self.off.store(0, Relaxed);
        let set_cell = first + self.definition.set_cell();
        self.set_cell.store(set_cell, Relaxed);
    }
}
