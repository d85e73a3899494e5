//! Whether what has been taken of a ring is all there was, or something may have been dropped of which no record has told yet.

use super::Ring;

/// What the collector knows of a ring's drops.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Told {
    /// The records of so many of them have been taken.
    drops: u64,
}

/// A look at a ring, from its head to where its tail was.
pub(crate) struct Look<'a> {
    ring: &'a Ring,
    /// How many drops there were before it.
    drops: u64,
    /// Whether the records of these are in the ring, or taken.
    are_told: bool,
    /// How many slots are left to be taken.
    left: u64,
}

impl Ring {
    /// Begins a look. By the collector alone.
    pub(crate) fn look(&self) -> Look<'_> {
        // In this order: whoever counts a drop sees that it is untold, and where it is told its record is before the tail.
        let drops = self.drops();
        let are_told = !self.writer.gap.is_untold();
        Look {
            ring: self,
            drops,
            are_told,
            left: self.in_use(),
        }
    }
}

impl Look<'_> {
    /// How many slots are left.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// So many slots have been taken. Returns whether nothing is missing of what was recorded before the last of them, and on that
    /// thread: the records of all drops before it have been taken, too.
    pub(crate) fn took(&mut self, slots: u64, told: Told) -> bool {
        self.left = self.left.saturating_sub(slots);
        self.ring.drops() == told.drops
    }

    /// Ends it.
    pub(crate) fn end(self, told: &mut Told) {
        if self.are_told && self.left == 0 {
            told.drops = self.drops;
        }
    }
}
