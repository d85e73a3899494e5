//! The shared slab of a life: gauges that are set, and increments of threads that cannot hold a slab.

use super::cell::Cell;
use super::life::{Life, SharedPart, Slabs};
use super::slab::SlabRef;
use super::sync::MutexGuard;
use super::world::World;

/// A life's shared slab with the life's lock held, so that the life cannot be folded meanwhile.
pub(crate) struct Shared<'a> {
    world: &'a World,
    life: &'a Life,
    pub(super) slabs: MutexGuard<'a, Slabs>,
}

impl<'a> Shared<'a> {
    pub(super) fn of(world: &'a World, life: &'a Life) -> Shared<'a> {
        Shared {
            world,
            life,
            slabs: life.lock(),
        }
    }

    /// The cell at `index`, in a new part of the shared slab where it does not exist yet.
    pub(crate) fn cell(&mut self, index: u32) -> Option<&'static Cell> {
        if self.slabs.shared_part(index).is_none() {
            self.grow(index);
        }
        let part = self.slabs.shared_part(index)?;
        part.slab.get(index - part.first)
    }

    /// What a cell adds up to over all slabs of the life.
    pub(crate) fn total(&self, index: u32) -> u64 {
        let cells = self
            .slabs
            .all()
            .filter_map(|part| part.slab.get(index.wrapping_sub(part.first)));
        cells.fold(0, |total, cell| total.wrapping_add(cell.load()))
    }

    /// Adds a part that has the cell; the parts before it stay where writers know them. In an annex, where cells come one
    /// series after another, it doubles what there is: so parts are few, however many series there are.
    fn grow(&mut self, index: u32) {
        let last = self.slabs.shared.last();
        let first = last.map_or(0, |part| part.first + part.slab.capacity());
        let mut cells = self.world.cells_of(self.life).max(index + 1) - first;
        if self.life.own_cells().is_some() {
            cells = cells.max(first);
        }
        let slab = self.world.fresh_slab(cells);
        self.slabs.shared.push(SharedPart { first, slab });
    }

    /// Points a held slab's header at the first part, for the fast path of `set`.
    pub(super) fn remember_in(&self, slab: SlabRef) {
        if let Some(part) = self.slabs.shared.first() {
            slab.set_shared(part.slab);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::life::Space;
    use super::*;

    #[test]
    fn parts_are_few_however_many_series_come_one_by_one() {
        let world = World::new();
        let annex = Life::of_annex(1, Space::Component);
        let mut cells = Vec::new();
        for _ in 0..10_000 {
            let first = annex.assign_own(3);
            let mut shared = Shared::of(&world, &annex);
            cells.push(shared.cell(first + 2).expect("it is there now"));
            cells[cells.len() - 1].store(u64::from(first));
        }
        let mut shared = Shared::of(&world, &annex);
        for (cell, series) in cells.iter().zip(0u32..) {
            assert_eq!(cell.load(), u64::from(series * 3));
            let again = shared.cell(series * 3 + 2).expect("it stays");
            assert!(std::ptr::eq(*cell, again), "{series}");
        }
        let parts = shared.slabs.shared.len();
        assert!(parts <= 15, "{parts}");
    }
}
