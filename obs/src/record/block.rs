//! Blocks of memory that slabs are carved out of: many slabs on few pages, so that switching among thousands of
//! components does not miss the processor's page tables too.

use std::alloc::Layout;
use std::ptr::NonNull;

/// The first block. More means more memory before the first slab is full, less more blocks.
const FIRST_BLOCK_BYTES: usize = 16 << 10;
/// Each block is twice the last one, up to a huge page.
const LARGEST_BLOCK_BYTES: usize = 2 << 20;

/// The block that slabs are carved out of now. Blocks are never freed, as slabs are not.
pub(crate) struct Block {
    next: Option<NonNull<u8>>,
    left: usize,
    size: usize,
}

// SAFETY: the memory belongs to the block alone until it is carved.
#[expect(unsafe_code, reason = "raw memory knows no owner")]
unsafe impl Send for Block {}

impl Block {
    pub(crate) const fn new() -> Block {
        Block {
            next: None,
            left: 0,
            size: FIRST_BLOCK_BYTES / 2,
        }
    }

    /// Zeroed memory of this layout, which nobody else ever gets. The size must be a multiple of the alignment, as that
    /// of every slab is.
    pub(crate) fn carve(&mut self, layout: Layout) -> NonNull<u8> {
        match self.next {
            Some(start) if layout.size() <= self.left => self.take(start, layout.size()),
            _ if layout.size() > LARGEST_BLOCK_BYTES / 4 => allocate(layout),
            _ => {
                self.size = (self.size * 2).min(LARGEST_BLOCK_BYTES).max(layout.size());
                self.left = self.size;
                let whole = Layout::from_size_align(self.size, self.size.next_power_of_two());
                let start = allocate(whole.unwrap_or(layout));
                self.take(start, layout.size())
            }
        }
    }

    /// How many bytes of it no slab has yet.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    fn take(&mut self, start: NonNull<u8>, size: usize) -> NonNull<u8> {
        self.left -= size;
        // SAFETY: at least `size` bytes of the block were left behind `start`.
        #[expect(unsafe_code, reason = "steps within the block")]
        let next = unsafe { start.add(size) };
        self.next = Some(next);
        start
    }
}

fn allocate(layout: Layout) -> NonNull<u8> {
    // SAFETY: no slab is empty, so the size is not zero.
    #[expect(unsafe_code, reason = "memory for slabs comes as it is")]
    let memory = unsafe { std::alloc::alloc_zeroed(layout) };
    NonNull::new(memory).unwrap_or_else(|| std::alloc::handle_alloc_error(layout))
}
