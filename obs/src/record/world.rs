//! Everything the lanes share: the registry of lives, the pool of free slabs, the number of cells in use.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::annex::Annex;
#[cfg(not(loom))]
use super::block::Block;
use super::lane::{Header, OUTSIDE};
use super::life::{Life, Space, State};
use super::registry::{PROCESS, Registry};
use super::shared::Shared;
use super::slab::SlabRef;
use super::sync::{AtomicU32, AtomicU64, Mutex, Ordering::Relaxed, lock};

/// What all threads of a process record into. One static in production, one value per run under loom.
pub(crate) struct World {
    empty: SlabRef,
    registry: Mutex<Registry>,
    /// Zeroed slabs that belong to nobody, by capacity.
    free: Mutex<BTreeMap<u32, Vec<SlabRef>>>,
    /// What slabs are carved out of.
    #[cfg(not(loom))]
    block: Mutex<Block>,
    /// Cells in use per space. Written under the lock of whoever assigns cells; read when slabs are sized.
    component_cells: AtomicU32,
    process_cells: AtomicU32,
    /// The number that the next lane gets. Written by every lane once.
    next_lane: AtomicU64,
    /// The number of the next epoch of any lane.
    next_epoch: AtomicU64,
    /// Counted where they happen, read by the collector.
    misplaced_leaves: AtomicU64,
    reentrant_drops: AtomicU64,
    refused: AtomicU64,
    cut: AtomicU64,
    slabs: AtomicU64,
    slab_bytes: AtomicU64,
}

/// Counts of the record path about itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Scope guards that ended out of order or on a foreign thread.
    pub misplaced_leaves: u64,
    /// Records dropped because they came out of the record path's own slow path (a recording allocator).
    pub reentrant_drops: u64,
    /// Observations that were no number, or negative durations.
    pub refused_observations: u64,
    /// Label values that were longer than 128 bytes, and cut.
    pub cut_values: u64,
    /// Slabs allocated and never freed, whoever holds them now.
    pub slabs: u64,
    /// Memory of those slabs, headers included.
    pub slab_bytes: u64,
    /// Memory that was allocated for further slabs, and that nobody has touched yet.
    pub reserved_bytes: u64,
    /// Threads that hold a lease now.
    pub threads: u64,
}

impl World {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> World {
        World {
            empty: SlabRef::empty(),
            registry: Mutex::new(Registry::new()),
            free: Mutex::new(BTreeMap::new()),
            block: Mutex::new(Block::new()),
            component_cells: AtomicU32::new(0),
            process_cells: AtomicU32::new(0),
            next_lane: AtomicU64::new(1),
            next_epoch: AtomicU64::new(1),
            misplaced_leaves: AtomicU64::new(0),
            reentrant_drops: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            cut: AtomicU64::new(0),
            slabs: AtomicU64::new(0),
            slab_bytes: AtomicU64::new(0),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> World {
        World {
            empty: SlabRef::allocate(0),
            registry: Mutex::new(Registry::new()),
            free: Mutex::new(BTreeMap::new()),
            component_cells: AtomicU32::new(0),
            process_cells: AtomicU32::new(0),
            next_lane: AtomicU64::new(1),
            next_epoch: AtomicU64::new(1),
            misplaced_leaves: AtomicU64::new(0),
            reentrant_drops: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            cut: AtomicU64::new(0),
            slabs: AtomicU64::new(0),
            slab_bytes: AtomicU64::new(0),
        }
    }

    pub(super) fn empty(&self) -> SlabRef {
        self.empty
    }

    /// Registers a component, or returns the live one of that name.
    pub(crate) fn register(&self, name: &str) -> u64 {
        let mut registry = lock(&self.registry);
        if let Some(&component) = registry.names.get(name) {
            return component;
        }
        let name: Arc<str> = name.into();
        let life = registry.settle(name.clone());
        registry.names.insert(name, life.component);
        life.component
    }

    /// Where the component's series with dynamic labels are; `None` for one that has ended without any.
    pub(super) fn annex(&self, component: u64) -> Option<Arc<Annex>> {
        let life = self.life(component);
        let known = life.lock().annex.clone();
        if known.is_some() {
            return known;
        }
        let annex = Annex::of(lock(&self.registry).settle_annex(life.space));
        let mut slabs = life.lock();
        if slabs.annex.is_none() && slabs.state == State::Live {
            slabs.annex = Some(annex.clone());
            return Some(annex);
        }
        let known = slabs.annex.clone();
        drop(slabs);
        lock(&self.registry).vacate(annex.life.component);
        known
    }

    /// Whether it is the process, what is outside any component, or a component that has not retired.
    pub(crate) fn is_live(&self, component: u64) -> bool {
        self.life(component).lock().state == State::Live
    }

    /// Writes a cell of the component's shared slab, unless the component has retired.
    pub(crate) fn write_live(
        &self,
        component: u64,
        cell: u32,
        write: impl FnOnce(&super::cell::Cell),
    ) {
        let life = self.life(component);
        let mut shared = Shared::of(self, &life);
        if shared.slabs.state == State::Live
            && let Some(cell) = shared.cell(cell)
        {
            write(cell);
        }
    }

    /// Ends a life; a no-op for one that has ended.
    pub(crate) fn retire(&self, component: u64) {
        let Some(life) = lock(&self.registry).forget_name(component) else {
            return;
        };
        life.retire();
    }

    /// The life of a component; that of the departed where it has been folded.
    pub(super) fn life(&self, component: u64) -> Arc<Life> {
        let mut registry = lock(&self.registry);
        match component {
            OUTSIDE => registry.outside(),
            PROCESS => registry.process(),
            _ => registry
                .life(component)
                .unwrap_or_else(|| registry.departed()),
        }
    }

    /// The life of a component while its values are kept.
    pub(crate) fn existing(&self, component: u64) -> Option<Arc<Life>> {
        lock(&self.registry).life(component)
    }

    /// The name of the component at that index, if these are the lowest bits of its life's number.
    #[cfg(not(loom))]
    pub(crate) fn named(&self, index: u32, life: u8) -> Option<Arc<str>> {
        let registry = lock(&self.registry);
        let settled = registry.lives.get(index as usize)?.life.as_ref()?;
        let number = (settled.component >> 32) as u8;
        settled.name.clone().filter(|_| number == life)
    }

    /// Hands out the shared slab of the departed.
    pub(super) fn departed<R>(&self, record: impl FnOnce(Shared<'_>) -> R) -> R {
        let departed = lock(&self.registry).departed();
        record(Shared::of(self, &departed))
    }

    /// Hands out the shared slab of a life, or of the departed if the life has been folded.
    pub(super) fn late<R>(&self, life: &Life, record: impl FnOnce(Shared<'_>) -> R) -> R {
        let shared = Shared::of(self, life);
        if shared.slabs.state != State::Gone {
            return record(shared);
        }
        drop(shared);
        self.departed(record)
    }

    /// Every life with values, those of the process and of the departed included.
    pub(crate) fn lives(&self) -> Lives {
        let mut registry = lock(&self.registry);
        registry.outside();
        Lives {
            components: registry
                .lives
                .iter()
                .filter_map(|entry| entry.life.clone())
                .filter(|life| life.own_cells().is_none())
                .collect(),
            process: registry.process(),
            departed: registry.departed(),
        }
    }

    /// Folds a retired life and its annex into the departed, if no lane holds a slab of either; `add` moves the value of
    /// one cell, which the totals have under the same index, or, of a cell in the annex, under that of its metric.
    ///
    /// The caller is the one collector, so that no merge runs meanwhile.
    pub(crate) fn fold(&self, life: &Life, add: impl Fn(u32, u64, &super::cell::Cell)) -> bool {
        let annex = {
            let slabs = life.lock();
            // A retired life is never leased again: what is free now stays so, and both go together.
            if slabs.state != State::Retired || !slabs.leased.is_empty() {
                return false;
            }
            slabs.annex.clone()
        };
        if let Some(annex) = annex {
            let totals = || {
                let totals = annex.totals();
                move |cell: u32| totals.get(cell as usize).copied().flatten()
            };
            if !self.fold_one(&annex.life, totals, &add) {
                return false;
            }
            annex.end();
            life.lock().annex = None;
        }
        self.fold_one(life, || Some, &add)
    }

    /// `totals` is asked once the life is locked, for where the totals of a cell are: what is recorded late for a series that
    /// is new comes before the lock, with its series, or finds the life gone.
    fn fold_one<T: Fn(u32) -> Option<u32>>(
        &self,
        life: &Life,
        totals: impl FnOnce() -> T,
        add: &impl Fn(u32, u64, &super::cell::Cell),
    ) -> bool {
        let departed = lock(&self.registry).departed();
        let mut slabs = life.lock();
        if slabs.state != State::Retired || !slabs.leased.is_empty() {
            return false;
        }
        let total_of = totals();
        let mut departed = Shared::of(self, &departed);
        for part in slabs.all() {
            for (index, cell) in (part.first..).zip(part.slab.cells()) {
                let value = cell.load();
                if value != 0
                    && let Some(index) = total_of(index)
                    && let Some(total) = departed.cell(index)
                {
                    add(index, value, total);
                }
            }
        }
        drop(departed);
        slabs.state = State::Gone;
        let freed: Vec<SlabRef> = slabs.all().map(|part| part.slab).collect();
        slabs.pooled.clear();
        slabs.shared.clear();
        drop(slabs);
        self.free(&freed);
        lock(&self.registry).vacate(life.component);
        true
    }

    /// A zeroed slab of at least `cells` cells that nobody holds.
    pub(super) fn fresh_slab(&self, cells: u32) -> SlabRef {
        if let Some(slab) = self.take_free(cells) {
            return slab;
        }
        #[cfg(not(loom))]
        let slab = SlabRef::allocate(cells, &mut lock(&self.block));
        #[cfg(loom)]
        let slab = SlabRef::allocate(cells);
        slab.set_shared(self.empty);
        self.slabs.fetch_add(1, Relaxed);
        self.slab_bytes.fetch_add(slab.bytes() as u64, Relaxed);
        slab
    }

    /// The smallest free slab with that many cells, unless it would be mostly empty.
    fn take_free(&self, cells: u32) -> Option<SlabRef> {
        let mut free = lock(&self.free);
        let wasteful = cells.max(16).saturating_mul(2);
        let mut fitting = free.range_mut(cells..=wasteful).map(|(_, slabs)| slabs);
        fitting.find_map(Vec::pop)
    }

    /// Zeroes slabs that nobody holds or will read, and keeps them for any component.
    fn free(&self, slabs: &[SlabRef]) {
        slabs.iter().for_each(|slab| slab.recycle(self.empty));
        let mut free = lock(&self.free);
        for &slab in slabs {
            free.entry(slab.capacity()).or_default().push(slab);
        }
    }

    /// How many cells a life may have in use: those of its annex, or those of all lives of its space.
    pub(crate) fn cells_of(&self, life: &Life) -> u32 {
        life.own_cells().unwrap_or_else(|| self.cells(life.space))
    }

    /// How many cells of the space are in use.
    pub(crate) fn cells(&self, space: Space) -> u32 {
        self.numbering(space).load(Relaxed)
    }

    /// Assigns the next `count` cells of the space. The caller holds the lock that serialises assignments.
    pub(crate) fn assign(&self, space: Space, count: u32) -> u32 {
        self.numbering(space).fetch_add(count, Relaxed)
    }

    fn numbering(&self, space: Space) -> &AtomicU32 {
        match space {
            Space::Component => &self.component_cells,
            Space::Process => &self.process_cells,
        }
    }

    pub(super) fn begin_lane(&self, header: &Arc<Header>) -> u64 {
        lock(&self.registry).headers.push(header.clone());
        self.next_lane.fetch_add(1, Relaxed)
    }

    /// A number for what a lane holds from now on, which no lane has had before.
    pub(super) fn next_epoch(&self) -> u64 {
        self.next_epoch.fetch_add(1, Relaxed)
    }

    pub(super) fn end_lane(&self, header: &Arc<Header>) {
        let mut registry = lock(&self.registry);
        registry.headers.retain(|other| !Arc::ptr_eq(other, header));
    }

    /// The component that each thread with a lease is in.
    pub(crate) fn whereabouts(&self) -> Vec<u64> {
        let registry = lock(&self.registry);
        registry
            .headers
            .iter()
            .map(|header| header.component())
            .collect()
    }

    pub(super) fn count_misplaced_leave(&self) {
        self.misplaced_leaves.fetch_add(1, Relaxed);
    }

    pub(super) fn count_reentrant_drop(&self) {
        self.reentrant_drops.fetch_add(1, Relaxed);
    }

    #[cold]
    pub(crate) fn count_refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    #[cold]
    pub(crate) fn count_cut(&self) {
        self.cut.fetch_add(1, Relaxed);
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            misplaced_leaves: self.misplaced_leaves.load(Relaxed),
            reentrant_drops: self.reentrant_drops.load(Relaxed),
            refused_observations: self.refused.load(Relaxed),
            cut_values: self.cut.load(Relaxed),
            slabs: self.slabs.load(Relaxed),
            slab_bytes: self.slab_bytes.load(Relaxed),
            #[cfg(not(loom))]
            reserved_bytes: lock(&self.block).left() as u64,
            #[cfg(loom)]
            reserved_bytes: 0,
            threads: lock(&self.registry).headers.len() as u64,
        }
    }
}

/// What a merge reads.
pub(crate) struct Lives {
    pub(crate) components: Vec<Arc<Life>>,
    pub(crate) process: Arc<Life>,
    pub(crate) departed: Arc<Life>,
}
