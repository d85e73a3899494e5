//! Adds up the slabs of one life after the other, in room that is used again.

use crate::record::hot::WORLD;
use crate::record::life::{Life, SharedPart};

/// The slabs that are added up, and their sums.
#[derive(Default)]
pub(super) struct Adder {
    parts: Vec<SharedPart>,
    sums: Vec<u64>,
}

impl Adder {
    /// Takes the slabs of a life, whose lock the caller holds.
    pub(super) fn take(&mut self, slabs: impl Iterator<Item = SharedPart>) {
        self.parts.clear();
        self.parts.extend(slabs);
    }

    /// Adds up the slabs that were taken, which are those of this life, up to the last cell that is not 0. No lock is held.
    ///
    /// Slabs are read from their first cell to their last, which is how memory is fast, also where it shows that nobody has
    /// touched most of them.
    pub(super) fn add(&mut self, life: &Life, floats: &[u32]) -> &[u64] {
        let in_use = WORLD.cells_of(life);
        let end = |part: &SharedPart| (part.first + part.slab.capacity()).min(in_use);
        let end = self.parts.iter().map(end).max().unwrap_or(0);
        self.sums.clear();
        self.sums.resize(end as usize, 0);
        for part in &self.parts {
            let sums = self.sums.get_mut(part.first as usize..);
            for (sum, cell) in sums.unwrap_or_default().iter_mut().zip(part.slab.cells()) {
                *sum = sum.wrapping_add(cell.load());
            }
        }
        if !floats.is_empty() {
            // Always in the same order, whoever holds the slabs: another order could round to a smaller sum.
            self.parts.sort_unstable_by_key(|part| part.slab.address());
        }
        for &float in floats {
            if let Some(sum) = self.sums.get_mut(float as usize) {
                let cells = self.parts.iter();
                let cells = cells.filter_map(|part| part.slab.get(float.wrapping_sub(part.first)));
                let values = cells.map(|cell| f64::from_bits(cell.load()));
                *sum = values.sum::<f64>().to_bits();
            }
        }
        let last = self.sums.iter().rposition(|sum| *sum != 0);
        &self.sums[..last.map_or(0, |last| last + 1)]
    }
}
