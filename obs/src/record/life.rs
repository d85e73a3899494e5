//! A life of a component: all the slabs that hold what was recorded for it, and who has leased which.

use std::sync::Arc;

use super::annex::Annex;
use super::lane::Header;
use super::slab::SlabRef;
use super::sync::{AtomicU32, Mutex, MutexGuard, Ordering::Relaxed, lock};

/// Which numbering of cells a life uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Space {
    /// Metrics of a component (and of what runs outside any).
    Component,
    /// Metrics of the process: one series each, whatever component records.
    Process,
}

/// One life of a component, from its registration until its last value has been folded into the totals.
pub(crate) struct Life {
    /// Index and life number, as in `Component`.
    pub(crate) component: u64,
    pub(crate) name: Option<Arc<str>>,
    pub(crate) space: Space,
    /// Cells in use, of an annex, which has a numbering of its own. Written under the lock of its series, read when slabs
    /// are sized.
    own_cells: Option<AtomicU32>,
    slabs: Mutex<Slabs>,
}

/// Where a life stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Threads may lease slabs.
    Live,
    /// Retired: no new leases; late increments go to the shared slab; values are still exported for a while.
    Retired,
    /// Folded: its values are part of the totals, its slabs belong to others.
    Gone,
}

/// The slabs of a life. Every list change and every change of owner happens under the life's lock.
pub(crate) struct Slabs {
    pub(crate) state: State,
    /// Where the component's series with dynamic labels are, once there is one.
    pub(crate) annex: Option<Arc<Annex>>,
    /// Held by a lane, which alone writes their cells.
    pub(crate) leased: Vec<(SlabRef, Arc<Header>)>,
    /// Held by nobody, with values: the next thread that needs one continues it.
    pub(crate) pooled: Vec<SlabRef>,
    /// The shared slab: parts that never move, each for the cells from its first index on. Written by anyone.
    pub(crate) shared: Vec<SharedPart>,
}

/// One part of a life's shared slab.
#[derive(Clone, Copy)]
pub(crate) struct SharedPart {
    pub(crate) first: u32,
    pub(crate) slab: SlabRef,
}

impl Life {
    pub(crate) fn new(component: u64, name: Option<Arc<str>>, space: Space) -> Arc<Life> {
        Life::numbered(component, name, space, None)
    }

    /// The life of the slabs of an annex.
    pub(super) fn of_annex(component: u64, space: Space) -> Arc<Life> {
        Life::numbered(component, None, space, Some(AtomicU32::new(0)))
    }

    fn numbered(
        component: u64,
        name: Option<Arc<str>>,
        space: Space,
        own_cells: Option<AtomicU32>,
    ) -> Arc<Life> {
        Arc::new(Life {
            component,
            name,
            space,
            own_cells,
            slabs: Mutex::new(Slabs {
                state: State::Live,
                annex: None,
                leased: Vec::new(),
                pooled: Vec::new(),
                shared: Vec::new(),
            }),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Slabs> {
        lock(&self.slabs)
    }

    /// Assigns the next cells of an annex, and returns the first. The caller holds the lock of its series.
    pub(super) fn assign_own(&self, count: u32) -> u32 {
        let assign = |own: &AtomicU32| own.fetch_add(count, Relaxed);
        self.own_cells.as_ref().map_or(0, assign)
    }

    /// How many cells of an annex are in use; `None` for what is none.
    pub(crate) fn own_cells(&self) -> Option<u32> {
        self.own_cells.as_ref().map(|own| own.load(Relaxed))
    }

    /// Ends the life: nobody leases a slab of it from here on. Those who hold one go on counting into it until they
    /// give it back. Its annex ends with it.
    pub(crate) fn retire(&self) -> bool {
        let mut slabs = self.lock();
        if slabs.state != State::Live {
            return false;
        }
        slabs.state = State::Retired;
        for (_, holder) in &slabs.leased {
            holder.ask_back(self.component);
        }
        let annex = slabs.annex.clone();
        drop(slabs);
        if let Some(annex) = annex {
            annex.life.retire();
        }
        true
    }

    /// Takes a slab back from the lane that held it, with its values.
    pub(crate) fn give_back(&self, slab: SlabRef) {
        let mut slabs = self.lock();
        slabs.leased.retain(|(leased, _)| *leased != slab);
        slab.set_owner(0);
        slabs.pooled.push(slab);
    }
}

impl Slabs {
    /// Every slab of the life with the index of its first cell.
    pub(crate) fn all(&self) -> impl Iterator<Item = SharedPart> {
        let leased = self.leased.iter().map(|(slab, _)| *slab);
        let whole = leased.chain(self.pooled.iter().copied());
        whole
            .map(|slab| SharedPart { first: 0, slab })
            .chain(self.shared.iter().copied())
    }

    /// Takes the largest pooled slab that has the cell `last`.
    pub(crate) fn take_pooled(&mut self, last: u32) -> Option<SlabRef> {
        let fitting = (0..self.pooled.len()).filter(|&at| self.pooled[at].capacity() > last);
        let largest = fitting.max_by_key(|&at| self.pooled[at].capacity())?;
        Some(self.pooled.swap_remove(largest))
    }

    /// The part of the shared slab that has the cell, if it exists yet.
    pub(crate) fn shared_part(&self, cell: u32) -> Option<SharedPart> {
        let has = |part: &SharedPart| cell.wrapping_sub(part.first) < part.slab.capacity();
        self.shared.iter().copied().find(has)
    }
}
