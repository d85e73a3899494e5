//! A slab: the cells that one thread leases to record into for one component, behind a 24-byte header.

use std::ptr::NonNull;

#[cfg(not(loom))]
use super::block::Block;
use super::cell::Cell;
use super::sync::{AtomicPtr, AtomicU64, Ordering::Relaxed};

/// The header of a slab; its cells follow it in memory (under loom they lie in a box).
#[repr(C)]
pub(crate) struct Slab {
    /// How many cells there are. Never written after allocation.
    capacity: u32,
    /// How many cells the slab has that `shared` points to: here, so that `set` does not read the cache line that other
    /// threads store to. Written and read by the leaseholder alone, or while there is none.
    shared_len: std::cell::Cell<u32>,
    /// Which lane holds the lease; 0 when none does. Written under the life's lock. Read by debug assertions.
    owner: AtomicU64,
    /// The first part of the life's shared slab, or the empty slab while this thread has not needed it.
    /// Written and read by the leaseholder; reset under the life's lock when nobody holds the slab.
    shared: AtomicPtr<Slab>,
    #[cfg(not(loom))]
    cells: [Cell; 0],
    #[cfg(loom)]
    cells: Box<[Cell]>,
}

const HEADER_BYTES: usize = std::mem::offset_of!(Slab, cells);
/// No two slabs share a cache line, nor the pair of lines that a processor fetches at once.
const ALIGNMENT: usize = 128;
/// Writing a header must not write what lies behind it.
#[cfg(not(loom))]
const _: () = assert!(size_of::<Slab>() == HEADER_BYTES && ALIGNMENT >= align_of::<Slab>());
const CELL_BYTES: usize = size_of::<Cell>();

/// How many cells share the header's own 128 bytes.
const CELLS_BESIDE_HEADER: u32 = ((ALIGNMENT - HEADER_BYTES) / CELL_BYTES) as u32;
/// How many cells fill 128 bytes.
const CELLS_PER_BLOCK: u32 = (ALIGNMENT / CELL_BYTES) as u32;

/// What every lane points at until it leases something: no cells.
#[cfg(not(loom))]
pub(crate) static EMPTY: Slab = Slab {
    capacity: 0,
    shared_len: std::cell::Cell::new(0),
    owner: AtomicU64::new(0),
    shared: AtomicPtr::new((&raw const EMPTY).cast_mut()),
    cells: [],
};

// SAFETY:
// - all fields that several threads touch are atomics, or never change;
// - `shared_len` is touched by the leaseholder, and by others only while there is none; a lease begins and ends under
//   the life's lock. That of the empty slab is never written.
#[expect(unsafe_code, reason = "one field belongs to the leaseholder")]
unsafe impl Sync for Slab {}

/// Where a cell lies in a slab: its distance from the first cell in bytes, so that the hot path multiplies nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position(pub(crate) usize);

impl Position {
    /// That of the cell at an index.
    #[inline(always)]
    pub(crate) const fn of(index: u32) -> Position {
        Position(index as usize * CELL_BYTES)
    }

    /// That many cells further.
    #[inline(always)]
    pub(crate) fn plus(self, cells: u32) -> Position {
        Position(self.0.wrapping_add(Position::of(cells).0))
    }
}

/// A pointer to a slab. Slabs are never freed, so it is always good to read through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlabRef(NonNull<Slab>);

// SAFETY:
// - a slab is never freed or moved, so the pointer is valid on every thread for ever;
// - a shared `Slab` may be used on every thread, see its `Sync`.
#[expect(unsafe_code, reason = "slabs are shared between threads by design")]
unsafe impl Send for SlabRef {}

// SAFETY: as for `Send`: a shared `SlabRef` gives nothing that an owned one does not.
#[expect(unsafe_code, reason = "slabs are shared between threads by design")]
unsafe impl Sync for SlabRef {}

impl SlabRef {
    /// The empty slab: it has no cells, so every comparison sends the caller to the cold path.
    #[cfg(not(loom))]
    pub(crate) const fn empty() -> SlabRef {
        SlabRef(NonNull::from_ref(&EMPTY))
    }

    /// Allocates a zeroed slab of at least `cells` cells, filling its last 128 bytes.
    #[cfg(not(loom))]
    pub(crate) fn allocate(cells: u32, block: &mut Block) -> SlabRef {
        let capacity = SlabRef::round_up(cells);
        let slab = block.carve(SlabRef::layout(capacity)).cast::<Slab>();
        // SAFETY:
        // - the memory is this function's alone, large and aligned enough for the header;
        // - the header ends where the cells begin; those stay zeroed, which is a valid `Cell`.
        #[expect(unsafe_code, reason = "the header is written into fresh memory")]
        unsafe {
            slab.write(Slab {
                capacity,
                shared_len: std::cell::Cell::new(0),
                owner: AtomicU64::new(0),
                shared: AtomicPtr::new(SlabRef::empty().0.as_ptr()),
                cells: [],
            });
        }
        SlabRef(slab)
    }

    #[cfg(loom)]
    pub(crate) fn allocate(cells: u32) -> SlabRef {
        let slab = SlabRef(NonNull::from(Box::leak(Box::new(Slab {
            capacity: cells,
            shared_len: std::cell::Cell::new(0),
            owner: AtomicU64::new(0),
            shared: AtomicPtr::new(std::ptr::null_mut()),
            cells: (0..cells).map(|_| Cell::zero()).collect(),
        }))));
        slab.set_shared(slab);
        slab
    }

    #[cfg(not(loom))]
    fn round_up(cells: u32) -> u32 {
        let beyond = cells.saturating_sub(CELLS_BESIDE_HEADER);
        CELLS_BESIDE_HEADER + beyond.next_multiple_of(CELLS_PER_BLOCK)
    }

    #[cfg(not(loom))]
    fn layout(capacity: u32) -> std::alloc::Layout {
        let bytes = HEADER_BYTES + capacity as usize * CELL_BYTES;
        std::alloc::Layout::from_size_align(bytes, ALIGNMENT)
            .expect("a slab of at most 2^32 cells fits the address space")
    }

    #[inline(always)]
    fn header(&self) -> &Slab {
        // SAFETY: a slab is never freed, and its header is only changed through atomics and a `Cell`.
        #[expect(unsafe_code, reason = "slabs outlive every reference")]
        unsafe {
            self.0.as_ref()
        }
    }

    #[inline(always)]
    pub(crate) fn capacity(self) -> u32 {
        self.header().capacity
    }

    /// The position after its last cell.
    pub(crate) fn end(self) -> Position {
        Position::of(self.capacity())
    }

    /// Where it lies: an order that does not change.
    pub(crate) fn address(self) -> usize {
        self.0.as_ptr().addr()
    }

    /// Bytes of memory this slab takes, header included.
    pub(crate) fn bytes(self) -> usize {
        HEADER_BYTES + self.capacity() as usize * CELL_BYTES
    }

    /// The cell at `index`.
    ///
    /// # Safety
    ///
    /// `index` must be below the slab's capacity.
    #[inline(always)]
    #[expect(unsafe_code, reason = "the one place that turns an index into a cell")]
    pub(crate) unsafe fn cell(self, index: usize) -> &'static Cell {
        debug_assert!(
            index < self.capacity() as usize,
            "cell index beyond the slab"
        );
        #[cfg(not(loom))]
        // SAFETY:
        // - the caller keeps `index` below the capacity, so the address lies inside the allocation;
        // - the pointer kept the allocation's provenance: it never went through `&Slab`;
        // - cells are atomics that are never freed.
        unsafe {
            &*self.start().add(index).byte_add(HEADER_BYTES)
        }
        // SAFETY: a slab is never freed, and its boxed cells neither.
        #[cfg(loom)]
        unsafe {
            &self.0.as_ref().cells[index]
        }
    }

    /// The cell at a position, its address in a register of its own: for adding to it again and again.
    ///
    /// # Safety
    ///
    /// The position must be before the slab's end.
    #[inline(always)]
    #[expect(unsafe_code, reason = "as `cell`")]
    pub(crate) unsafe fn cell_to_add(self, position: Position) -> &'static Cell {
        debug_assert!(position < self.end(), "position beyond the slab");
        #[cfg(not(loom))]
        // SAFETY: as in `cell`.
        unsafe {
            let start = in_register(self.start().byte_add(position.0));
            &*start.byte_add(HEADER_BYTES)
        }
        // SAFETY: the caller's.
        #[cfg(loom)]
        unsafe {
            self.cell(position.0 / CELL_BYTES)
        }
    }

    #[cfg(not(loom))]
    #[inline(always)]
    fn start(self) -> *mut Cell {
        self.0.as_ptr().cast()
    }

    /// All cells.
    pub(crate) fn cells(self) -> &'static [Cell] {
        #[cfg(not(loom))]
        // SAFETY:
        // - the allocation holds `capacity` cells behind the header, all of them initialised;
        // - cells are atomics that are never freed.
        #[expect(unsafe_code, reason = "the cells lie behind the header")]
        unsafe {
            let cells = self.start().byte_add(HEADER_BYTES);
            std::slice::from_raw_parts(cells, self.capacity() as usize)
        }
        // SAFETY: a slab is never freed, and its boxed cells neither.
        #[cfg(loom)]
        #[expect(unsafe_code, reason = "slabs outlive every reference")]
        unsafe {
            &self.0.as_ref().cells
        }
    }

    /// The cell at `index`, or `None` beyond the capacity.
    pub(crate) fn get(self, index: u32) -> Option<&'static Cell> {
        self.cells().get(index as usize)
    }

    /// The life's shared slab as this slab's leaseholder knows it.
    #[inline(always)]
    pub(crate) fn shared(self) -> SlabRef {
        let pointer = self.header().shared.load(Relaxed);
        // SAFETY: the field only ever holds the address of a slab.
        #[expect(unsafe_code, reason = "spares the hot path a test for null")]
        SlabRef(unsafe { NonNull::new_unchecked(pointer) })
    }

    /// How many cells that slab has.
    #[inline(always)]
    pub(crate) fn shared_len(self) -> u32 {
        self.header().shared_len.get()
    }

    pub(crate) fn set_shared(self, shared: SlabRef) {
        self.header().shared.store(shared.0.as_ptr(), Relaxed);
        let shared_len = shared.capacity();
        self.header().shared_len.set(shared_len);
    }

    /// Hands the lease to a lane, or takes it back with 0. Called under the life's lock.
    pub(crate) fn set_owner(self, lane: u64) {
        self.header().owner.store(lane, Relaxed);
    }

    /// Makes a slab that nobody holds fit for any component again.
    pub(crate) fn recycle(self, empty: SlabRef) {
        self.cells().iter().for_each(|cell| cell.store(0));
        self.set_shared(empty);
    }

    /// Panics in debug and loom builds when a lane is about to write a slab that it does not hold.
    #[inline(always)]
    pub(crate) fn assert_owner(self, lane: u64) {
        if cfg!(any(debug_assertions, loom)) {
            let owner = self.header().owner.load(Relaxed);
            assert_eq!(
                owner, lane,
                "a slab was written by a lane that does not hold it"
            );
        }
    }
}

/// Keeps an address in a register of its own, where the compiler would fold it into base and index. Processors that
/// forward a store to the next load at no cost (Intel since Golden Cove) do so only through plain addresses: an
/// increment on the heels of another takes 0.5 ns instead of 2.4.
#[cfg(not(loom))]
#[inline(always)]
fn in_register(start: *mut Cell) -> *mut Cell {
    #[cfg(any(miri, not(target_arch = "x86_64")))]
    return start;
    #[cfg(not(any(miri, not(target_arch = "x86_64"))))]
    {
        let mut start = start;
        #[expect(
            unsafe_code,
            clippy::pointers_in_nomem_asm_block,
            reason = "an empty barrier for one register: the pointer is not followed"
        )]
        // SAFETY: there is no instruction in it: the pointer comes out as it went in.
        unsafe {
            std::arch::asm!(
                "/* {0} */",
                inout(reg) start,
                options(pure, nomem, nostack, preserves_flags)
            );
        }
        start
    }
}
