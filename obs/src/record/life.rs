//! A life of a component: all the slabs that hold what was recorded for it, and who has leased which.

use std::sync::Arc;

use super::lane::Header;
use super::slab::SlabRef;
use super::sync::{Mutex, MutexGuard, lock};

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
        Arc::new(Life {
            component,
            name,
            space,
            slabs: Mutex::new(Slabs {
                state: State::Live,
                leased: Vec::new(),
                pooled: Vec::new(),
                shared: Vec::new(),
            }),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Slabs> {
        lock(&self.slabs)
    }

    /// Ends the life: nobody leases a slab of it from here on. Those who hold one go on counting into it until they
    /// give it back.
    pub(crate) fn retire(&self) -> bool {
        let mut slabs = self.lock();
        if slabs.state != State::Live {
            return false;
        }
        slabs.state = State::Retired;
        for (_, holder) in &slabs.leased {
            holder.ask_back(self.component);
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
